module zoo.gopatrol.dev

go 1.21

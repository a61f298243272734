module tree.gopatrol.dev

go 1.19

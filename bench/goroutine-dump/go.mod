module gopatrol.dev/bench/goroutine-dump

go 1.21

module vaultserver

go 1.26

require (
	github.com/hashicorp/vault v1.21.4
	github.com/hashicorp/vault/sdk v0.20.0
)

// What v1.21.4 was built with stands in its own repository; v0.21.0, which its go.mod names, is younger.
replace github.com/hashicorp/vault/sdk => github.com/hashicorp/vault/sdk v0.20.0

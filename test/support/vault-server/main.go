// A Vault that lives in memory, unsealed, with the methods and engines that the tests need: the whole of Vault takes
// an hour to build, these parts minutes.
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	log "github.com/hashicorp/go-hclog"
	kubeauth "github.com/hashicorp/vault-plugin-auth-kubernetes"
	kv "github.com/hashicorp/vault-plugin-secrets-kv"
	"github.com/hashicorp/vault/audit"
	credAppRole "github.com/hashicorp/vault/builtin/credential/approle"
	logicalDb "github.com/hashicorp/vault/builtin/logical/database"
	vaulthttp "github.com/hashicorp/vault/http"
	"github.com/hashicorp/vault/internalshared/configutil"
	dbPostgres "github.com/hashicorp/vault/plugins/database/postgresql"
	"github.com/hashicorp/vault/sdk/helper/consts"
	"github.com/hashicorp/vault/sdk/logical"
	"github.com/hashicorp/vault/sdk/physical/inmem"
	"github.com/hashicorp/vault/vault"
)

type registry struct{}

func (registry) Contains(name string, t consts.PluginType) bool {
	_, ok := (registry{}).Get(name, t)
	return ok
}
func (registry) Get(name string, t consts.PluginType) (func() (interface{}, error), bool) {
	if t == consts.PluginTypeDatabase && name == "postgresql-database-plugin" {
		return dbPostgres.New, true
	}
	return nil, false
}
func (registry) Keys(t consts.PluginType) []string {
	if t == consts.PluginTypeDatabase {
		return []string{"postgresql-database-plugin"}
	}
	return nil
}
func (registry) DeprecationStatus(name string, t consts.PluginType) (consts.DeprecationStatus, bool) {
	return consts.Supported, true
}
func (registry) IsBuiltinEntPlugin(name string, t consts.PluginType) bool { return false }

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	logger := log.New(&log.LoggerOptions{Level: log.Info, Output: os.Stderr})
	phys, err := inmem.NewInmem(nil, logger)
	must(err)
	core, err := vault.NewCore(&vault.CoreConfig{
		Physical:           phys,
		Logger:             logger,
		BuiltinRegistry:    registry{},
		DisableMlock:       true,
		DefaultLeaseTTL:    time.Hour,
		MaxLeaseTTL:        24 * time.Hour,
		EnableRaw:          true,
		LogicalBackends:    map[string]logical.Factory{"kv": kv.Factory, "database": logicalDb.Factory},
		CredentialBackends: map[string]logical.Factory{"approle": credAppRole.Factory, "kubernetes": kubeauth.Factory},
		AuditBackends:      map[string]audit.Factory{"file": audit.NewFileBackend},
	})
	must(err)
	ctx := context.Background()
	init, err := core.Initialize(ctx, &vault.InitParams{
		BarrierConfig:  &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
		RecoveryConfig: &vault.SealConfig{SecretShares: 1, SecretThreshold: 1},
	})
	must(err)
	for _, key := range init.SecretShares {
		_, err := core.Unseal(key)
		must(err)
	}
	ln, err := net.Listen("tcp", os.Args[1])
	must(err)
	fmt.Printf("{\"address\":\"http://%s\",\"token\":\"%s\",\"unseal\":\"%x\"}\n", ln.Addr(), init.RootToken, init.SecretShares[0])
	must(http.Serve(ln, vaulthttp.Handler.Handler(&vault.HandlerProperties{Core: core, ListenerConfig: &configutil.Listener{Address: "127.0.0.1"}})))
}

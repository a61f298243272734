package rules

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"plugin"
	"runtime"
	"runtime/debug"
)

const template = `// Version %d.
package main

func Discount(cents int) int { return cents * (100 - %d) / 100 }

func main() {}
`

// Change compiles a rule and puts it in force.
func (b *Book) Change(percent int) error {
	b.mu.Lock()
	b.version++
	version := b.version
	b.mu.Unlock()
	object, err := b.compile(version, percent)
	if err != nil {
		return err
	}
	discount, err := load(object)
	if err != nil {
		return err
	}
	b.mu.Lock()
	b.discount = discount
	b.mu.Unlock()
	return nil
}

func load(object string) (func(int) int, error) {
	module, err := plugin.Open(object)
	if err != nil {
		return nil, err
	}
	symbol, err := module.Lookup("Discount")
	if err != nil {
		return nil, err
	}
	return symbol.(func(int) int), nil
}

// compile writes the rule's source and builds it as this program was built.
func (b *Book) compile(version, percent int) (string, error) {
	name := fmt.Sprintf("rule%04d", version)
	source := filepath.Join(b.folder, name+".go")
	object := filepath.Join(b.folder, name+".so")
	if err := os.WriteFile(source, []byte(fmt.Sprintf(template, version, percent)), 0o600); err != nil {
		return "", err
	}
	args := []string{"build", "-buildmode=plugin", "-o", object}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range info.Settings {
			if setting.Key == "-trimpath" && setting.Value == "true" {
				args = append(args, "-trimpath")
			}
		}
	}
	command := exec.Command("go", append(args, source)...)
	command.Env = append(os.Environ(), "GOTOOLCHAIN="+runtime.Version())
	if output, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("compile rule %d: %w: %s", version, err, output)
	}
	return object, nil
}

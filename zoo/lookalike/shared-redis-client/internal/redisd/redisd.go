// Package redisd runs a redis-server of its own on a free port.
package redisd

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

const startTimeout = 5 * time.Second

// Start runs redis-server until ctx ends and returns its address.
func Start(ctx context.Context) (string, error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, "redis-server",
		"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return "", err
	}
	go command.Wait()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	return address, waitUntilOpen(ctx, address)
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

func waitUntilOpen(ctx context.Context, address string) error {
	deadline := time.Now().Add(startTimeout)
	for {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			return conn.Close()
		}
		if ctx.Err() != nil || time.Now().After(deadline) {
			return fmt.Errorf("redis-server at %s: %w", address, err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

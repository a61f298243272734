// Package backend is a service that answers gRPC health checks.
package backend

import (
	"context"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
)

// Start serves until ctx ends and returns the address.
func Start(ctx context.Context, services ...string) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	checks := health.NewServer()
	for _, service := range services {
		checks.SetServingStatus(service, grpc_health_v1.HealthCheckResponse_SERVING)
	}
	server := grpc.NewServer()
	grpc_health_v1.RegisterHealthServer(server, checks)
	go server.Serve(listener)
	go func() {
		<-ctx.Done()
		server.Stop()
	}()
	return listener.Addr().String(), nil
}

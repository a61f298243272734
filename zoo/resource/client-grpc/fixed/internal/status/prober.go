package status

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/health/grpc_health_v1"
)

const checkTimeout = 2 * time.Second

// prober asks one backend how it is.
type prober struct {
	conn   *grpc.ClientConn
	health grpc_health_v1.HealthClient
}

func newProber(address string) (*prober, error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, fmt.Errorf("prober for %s: %w", address, err)
	}
	return &prober{conn: conn, health: grpc_health_v1.NewHealthClient(conn)}, nil
}

func (p *prober) Close() error {
	return p.conn.Close()
}

// Check returns the state that a service has by its own account.
func (p *prober) Check(ctx context.Context, service string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	answer, err := p.health.Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: service})
	if err != nil {
		return "", err
	}
	return answer.GetStatus().String(), nil
}

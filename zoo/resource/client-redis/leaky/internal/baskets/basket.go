package baskets

import (
	"context"
	"fmt"
	"time"

	"github.com/go-redis/redis/v8"
)

const keepFor = 30 * time.Minute

// Config says where baskets are kept.
type Config struct {
	Address string
}

// Basket is what one customer means to buy.
type Basket struct {
	client *redis.Client
	key    string
}

func open(config Config, customer string) *Basket {
	return &Basket{client: connect(config), key: "basket:" + customer}
}

func connect(config Config) *redis.Client {
	return redis.NewClient(&redis.Options{
		Addr:        config.Address,
		PoolSize:    4,
		ReadTimeout: 2 * time.Second,
	})
}

// Add puts an item into the basket and returns how many are in it.
func (b *Basket) Add(ctx context.Context, item string) (int64, error) {
	pipe := b.client.TxPipeline()
	pipe.HIncrBy(ctx, b.key, item, 1)
	count := pipe.HLen(ctx, b.key)
	pipe.Expire(ctx, b.key, keepFor)
	if _, err := pipe.Exec(ctx); err != nil {
		return 0, fmt.Errorf("add to %s: %w", b.key, err)
	}
	return count.Val(), nil
}

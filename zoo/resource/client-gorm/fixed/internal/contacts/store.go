package contacts

import (
	"context"
	"fmt"
	"strings"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// store is the database of one company.
type store struct {
	db *gorm.DB
}

func openStore(path string) (*store, error) {
	db, err := gorm.Open(sqlite.Open(path), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	return &store{db: db}, nil
}

func (s *store) Close() error {
	db, err := s.db.DB()
	if err != nil {
		return err
	}
	return db.Close()
}

func (s *store) fill(ctx context.Context) error {
	db := s.db.WithContext(ctx)
	if err := db.AutoMigrate(&Contact{}); err != nil {
		return err
	}
	contacts := make([]Contact, 40)
	for i := range contacts {
		contacts[i] = Contact{
			Name:  fmt.Sprintf("Person %d", i),
			Phone: fmt.Sprintf("+49 30 %06d", 7919*i),
			Notes: strings.Repeat("met at the fair; ", i%5),
		}
	}
	return db.CreateInBatches(contacts, 20).Error
}

func (s *store) byName(ctx context.Context, name string) ([]Contact, error) {
	var found []Contact
	err := s.db.WithContext(ctx).Where("name = ?", name).Order("id").Find(&found).Error
	return found, err
}

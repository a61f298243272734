// An address book for many companies: each company has a database of its own.
package main

import (
	"context"
	"fmt"
	"log"
	"os"

	"zoo.gopatrol.dev/harness"
	"zoo.gopatrol.dev/resource/client-gorm/fixed/internal/contacts"
)

const companies = 12

func main() {
	svc := harness.New(6)
	folder, err := os.MkdirTemp("", "contacts-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	book := contacts.NewBook(folder)
	defer book.Close()
	for company := 0; company < companies; company++ {
		if err := book.Create(context.Background(), company); err != nil {
			log.Fatal(err)
		}
	}
	book.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		return svc.Get(ctx, fmt.Sprintf("/contacts?company=%d&name=Person+%d", n%companies, n%40))
	})
}

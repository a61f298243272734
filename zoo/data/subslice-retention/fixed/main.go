// A mail gateway: takes messages over HTTP, drops duplicates, and hands the rest
// to the mailbox of the recipient, which keeps the latest few.
package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"

	"zoo.gopatrol.dev/data/subslice-retention/fixed/internal/intake"
	"zoo.gopatrol.dev/data/subslice-retention/fixed/internal/mail"
	"zoo.gopatrol.dev/harness"
)

func main() {
	svc := harness.New(60)
	gateway := intake.NewGateway(mail.NewSeen(100_000), mail.NewMailboxes(2))
	gateway.Routes(svc.Mux)

	svc.Run(func(ctx context.Context, n int) error {
		if n%12 == 11 {
			n -= 5 // the sender did not see our answer and tries again
		}
		return svc.Post(ctx, "/messages", "message/rfc822", newMessage(n))
	})
}

// newMessage returns a mail of 20 to 60 kB, as one with a small attachment has.
func newMessage(n int) *bytes.Buffer {
	var b bytes.Buffer
	fmt.Fprintf(&b, "Received: from relay%d.example.net by mx1.example.org\r\n", n%7)
	fmt.Fprintf(&b, "From: sender%d@example.net\r\n", n%400)
	fmt.Fprintf(&b, "To: user%d@example.org\r\n", n%90)
	fmt.Fprintf(&b, "Message-Id: <%08x.%06x@relay%d.example.net>\r\n", n*2654435761&0xffffffff, n, n%7)
	fmt.Fprintf(&b, "Subject: Report number %d\r\n\r\n", n)
	line := bytes.Repeat([]byte("QUJDREVGRw"), 7)
	for size := 20_000 + rand.Intn(40_000); b.Len() < size; {
		b.Write(line)
		b.WriteString("\r\n")
	}
	return &b
}

package billing

import (
	"bufio"
	"fmt"
	"net"
	"strings"
	"time"
)

// patience is how long the office may take to answer.
const patience = 1500 * time.Millisecond

// Checker asks the tax office about tax numbers.
type Checker struct {
	addr string
}

// NewChecker returns a checker that connects to addr.
func NewChecker(addr string) *Checker { return &Checker{addr: addr} }

// Check tells whether a number is known to the office.
func (c *Checker) Check(number string) (bool, error) {
	conn, err := net.DialTimeout("tcp", c.addr, patience)
	if err != nil {
		return false, fmt.Errorf("billing: tax office: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return false, fmt.Errorf("billing: tax office: %w", err)
	}
	if _, err := fmt.Fprintf(conn, "%s\n", number); err != nil {
		return false, fmt.Errorf("billing: tax office: %w", err)
	}
	answer, err := bufio.NewReaderSize(conn, 512).ReadString('\n')
	if err != nil {
		return false, fmt.Errorf("billing: tax office: %w", err)
	}
	return strings.HasPrefix(answer, "valid "), nil
}

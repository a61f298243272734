// Package harness gives a zoo program what an ordinary service has around its
// own code: a listener with the debug endpoints, a clean stop on a signal, and
// load at a set rate.
//
// A program calls New, registers its handlers on Mux, and hands Run the
// operation that one visitor, message or job stands for:
//
//	svc := harness.New(200)
//	svc.Mux.Handle("/login", shop)
//	svc.Run(func(ctx context.Context, n int) error {
//		return svc.Get(ctx, "/login?user=42")
//	})
package harness

import (
	"context"
	"errors"
	"expvar"
	"flag"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// workers is how many operations may be under way at once. An operation that
// finds all of them busy is skipped, not queued: a slow service must not turn
// into a growing load generator.
const workers = 8

var (
	operations = expvar.NewInt("operations")
	failures   = expvar.NewInt("failures")
	skipped    = expvar.NewInt("skipped")
)

// Service is a program's listener together with its load.
type Service struct {
	// Mux already holds /debug/pprof/ and /debug/vars.
	Mux *http.ServeMux
	// URL is the base address, such as http://127.0.0.1:41234.
	URL string

	listener net.Listener
	client   *http.Client
	rate     float64
	runFor   time.Duration
	began    time.Time
	clock    float64
	ctx      context.Context
	stop     context.CancelFunc
}

// New parses the command line and opens the listener. Requests are answered
// once Run is called. ratePerSecond is the default of -rate.
func New(ratePerSecond float64) *Service {
	addr := flag.String("addr", "127.0.0.1:0", "`address` to listen on")
	rate := flag.Float64("rate", ratePerSecond, "operations per second; 0 for none")
	clock := flag.Float64("clock", 1, "how many times as fast Elapsed runs")
	runFor := flag.Duration("for", 5*time.Minute, "stop after this time")
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "unexpected argument %q\n", flag.Arg(0))
		flag.Usage()
		os.Exit(2)
	}

	listener, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatal(err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)

	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.Handle("/debug/vars", expvar.Handler())

	return &Service{
		Mux:      mux,
		URL:      "http://" + listener.Addr().String(),
		listener: listener,
		client:   newClient(),
		rate:     *rate,
		runFor:   *runFor,
		began:    time.Now(),
		clock:    *clock,
		ctx:      ctx,
		stop:     stop,
	}
}

// Context ends when the service is asked to stop.
func (s *Service) Context() context.Context { return s.ctx }

// Elapsed is the time since the start by the program's clock, which -clock makes
// faster: a day's load then passes within minutes.
func (s *Service) Elapsed() time.Duration {
	return time.Duration(float64(time.Since(s.began)) * s.clock)
}

// Run serves and drives the load until a signal arrives or the time given by
// -for is over. The first line on standard output is the URL.
func (s *Service) Run(operation Operation) {
	defer s.stop()
	server := &http.Server{Handler: s.Mux, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(s.listener) }()
	fmt.Println(s.URL)

	ctx, cancel := context.WithTimeout(s.ctx, s.runFor)
	defer cancel()
	go s.drive(ctx, operation)

	select {
	case err := <-served:
		log.Fatal(err)
	case <-ctx.Done():
	}
	s.stop()

	grace, done := context.WithTimeout(context.Background(), time.Second)
	defer done()
	if err := server.Shutdown(grace); errors.Is(err, context.DeadlineExceeded) {
		server.Close()
	}
}

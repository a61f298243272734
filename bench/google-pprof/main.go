// Command google-pprof runs the reference decoder and encoder on profiles, to be
// compared with ours: in speed by bench/decode-profile.ts, in bytes by the tests.
//
//	google-pprof time N FILE      decodes an inflated profile N times, prints nanoseconds of each
//	google-pprof encode FILE...   prints the SHA-256 of each file decoded and encoded again, uncompressed
//	google-pprof synthetic FILE   writes a profile of addresses, ids and values beyond 2^53
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"log"
	"math"
	"os"
	"runtime"
	"strconv"
	"time"

	"github.com/google/pprof/profile"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: google-pprof time N FILE | encode FILE... | synthetic FILE")
	}
	switch os.Args[1] {
	case "time":
		timeDecoding(os.Args[2], os.Args[3])
	case "encode":
		for _, name := range os.Args[2:] {
			fmt.Printf("%x\n", sha256.Sum256(encodeAgain(read(name))))
		}
	case "synthetic":
		writeSynthetic(os.Args[2])
	}
}

func read(name string) []byte {
	data, err := os.ReadFile(name)
	if err != nil {
		log.Fatal(err)
	}
	return data
}

func timeDecoding(count, name string) {
	data := read(name)
	n, err := strconv.Atoi(count)
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < n; i++ {
		runtime.GC()
		start := time.Now()
		p, err := profile.ParseUncompressed(data)
		if err != nil {
			log.Fatal(err)
		}
		if err := p.CheckValid(); err != nil {
			log.Fatal(err)
		}
		fmt.Println(time.Since(start).Nanoseconds())
		runtime.KeepAlive(p)
	}
}

func encodeAgain(data []byte) []byte {
	p, err := profile.ParseData(data)
	if err != nil {
		log.Fatal(err)
	}
	var encoded bytes.Buffer
	if err := p.WriteUncompressed(&encoded); err != nil {
		log.Fatal(err)
	}
	return encoded.Bytes()
}

// writeSynthetic uses what Go's own profiles never do.
func writeSynthetic(name string) {
	kernel := &profile.Mapping{
		ID: math.MaxUint64, Start: 0xffffffff81000000, Limit: 0xffffffff82000000, Offset: math.MaxUint64 - 1,
		File: "[kernel.kallsyms]_text", BuildID: "0123abcd", HasFunctions: true, HasInlineFrames: true,
	}
	user := &profile.Mapping{ID: 7, Start: 0x400000, Limit: 0x800000, File: "/usr/bin/ünïcode"}
	inner := &profile.Function{ID: 1 << 63, Name: "do_syscall_64", SystemName: "_Z13do_syscall_64", Filename: "entry.c", StartLine: -1}
	outer := &profile.Function{ID: 3, Name: "entry_SYSCALL_64", SystemName: "entry_SYSCALL_64", StartLine: 1 << 40}
	locations := []*profile.Location{
		{ID: 1<<63 + 1, Mapping: kernel, Address: 0xffffffff81234567, Line: []profile.Line{
			{Function: inner, Line: 42, Column: 7}, {Function: outer, Line: -3},
		}},
		{ID: 2, Mapping: user, Address: 0x401000, IsFolded: true},
		{ID: 1 << 40, Address: math.MaxUint64},
	}
	p := &profile.Profile{
		SampleType:        []*profile.ValueType{{Type: "alloc_space", Unit: "bytes"}, {Type: "delta", Unit: "count"}},
		DefaultSampleType: "alloc_space",
		Sample: []*profile.Sample{
			{Location: locations, Value: []int64{math.MaxInt64, math.MinInt64}, Label: map[string][]string{
				"several": {"values", "of", "one", "key"}, "pprof::base": {"true"},
			}},
			{Location: []*profile.Location{locations[2], locations[2]}, Value: []int64{1<<53 + 1, -1<<53 - 1},
				NumLabel: map[string][]int64{"bytes": {math.MaxInt64, 0, math.MinInt64}, "request": {1}},
				NumUnit:  map[string][]string{"bytes": {"", "bytes", "kilobytes"}},
			},
			{Value: []int64{0, 0}},
		},
		Mapping: []*profile.Mapping{kernel, user}, Location: locations, Function: []*profile.Function{outer, inner},
		Comments: []string{"first", "", "third", "first"}, DocURL: "https://example.com/profile",
		DropFrames: "^drop$", KeepFrames: "^keep$",
		TimeNanos: math.MaxInt64, DurationNanos: -1, Period: math.MinInt64,
		PeriodType: &profile.ValueType{Type: "space"},
	}
	f, err := os.Create(name)
	if err != nil {
		log.Fatal(err)
	}
	if err := p.Write(f); err != nil {
		log.Fatal(err)
	}
	if err := f.Close(); err != nil {
		log.Fatal(err)
	}
}

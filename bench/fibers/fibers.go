// SPDX-License-Identifier: MIT
//
// The same steps as fibers.sps in Go. Run with GOMAXPROCS=1.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

// Nanoseconds of processor time that this process has used.
func processorTime() int64 {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return u.Utime.Nano() + u.Stime.Nano()
}

func report(name string, n int, f func()) {
	for _, want := range os.Args[1:] {
		if want == name {
			goto run
		}
	}
	if len(os.Args) > 1 {
		return
	}
run:
	start := processorTime()
	f()
	fmt.Printf("%s %.1f\n", name, float64(processorTime()-start)/float64(n))
}

// A field of /proc/self/status in KB.
func memoryOf(field string) int64 {
	text, _ := os.ReadFile("/proc/self/status")
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, field) {
			var kb int64
			fmt.Sscanf(strings.TrimSpace(line[len(field)+1:]), "%d", &kb)
			return kb
		}
	}
	return 0
}

// What n blocked goroutines hold, and the peak of memory while they are made.
func alive(n int64) {
	if len(os.Args) > 1 && os.Args[1] != "alive" {
		return
	}
	ch := make(chan int)
	runtime.GC()
	before := memoryOf("VmRSS")
	for i := int64(0); i < n; i++ {
		go func() { <-ch }()
	}
	runtime.Gosched()
	runtime.GC()
	fmt.Println("blocked-fiber-bytes", 1024*(memoryOf("VmRSS")-before)/n)
	fmt.Println("peak-megabytes-of-a-million", memoryOf("VmHWM")/1024)
	for i := int64(0); i < n; i++ {
		ch <- 1
	}
}

func main() {
	runtime.GOMAXPROCS(1)
	const n = 1000000
	report("round-trip", n, func() {
		a, b := make(chan int), make(chan int)
		go func() {
			for i := 0; i < n; i++ {
				<-a
				b <- i
			}
		}()
		for i := 0; i < n; i++ {
			a <- i
			<-b
		}
	})
	report("ring-hop", n, func() {
		first := make(chan int)
		in := first
		for i := 0; i < 1000; i++ {
			out := make(chan int)
			go func(in, out chan int) {
				for {
					out <- 1 + <-in
				}
			}(in, out)
			in = out
		}
		for i := 0; i < n/1000; i++ {
			first <- 0
			<-in
		}
	})
	report("spawn-finish", n, func() {
		var w sync.WaitGroup
		w.Add(n)
		for i := 0; i < n; i++ {
			go w.Done()
			if i%100 == 0 {
				runtime.Gosched()
			}
		}
		w.Wait()
	})
	report("receive", n, func() {
		ch := make(chan int)
		go func() {
			for i := 0; i < n; i++ {
				ch <- i
			}
		}()
		for i := 0; i < n; i++ {
			<-ch
		}
	})
	report("choice-of-8", n, func() {
		var c [8]chan int
		for i := range c {
			c[i] = make(chan int)
		}
		go func() {
			for i := 0; i < n; i++ {
				c[0] <- i
			}
		}()
		for i := 0; i < n; i++ {
			select {
			case <-c[0]:
			case <-c[1]:
			case <-c[2]:
			case <-c[3]:
			case <-c[4]:
			case <-c[5]:
			case <-c[6]:
			case <-c[7]:
			}
		}
	})
	alive(n)
	report("blocked-and-woken", n, func() {
		ch := make(chan int)
		for i := 0; i < n; i++ {
			go func() { <-ch }()
		}
		runtime.Gosched()
		for i := 0; i < n; i++ {
			ch <- i
		}
	})
}

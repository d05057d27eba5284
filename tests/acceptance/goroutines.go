// Goroutines, channels, panics, timers, a server, child processes, and the collector under load.
package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func tryTo(what string, run func()) {
	defer func() { fmt.Printf("%s: %v\n", what, recover()) }()
	run()
}

func sieve() {
	numbers := make(chan int)
	go func() {
		for i := 2; ; i++ {
			numbers <- i
		}
	}()
	for i := 0; i < 60; i++ {
		prime := <-numbers
		if i%10 == 9 {
			fmt.Println("prime", prime)
		}
		next := make(chan int)
		go func(in, out chan int) {
			for {
				if n := <-in; n%prime != 0 {
					out <- n
				}
			}
		}(numbers, next)
		numbers = next
	}
}

func locks() {
	var group sync.WaitGroup
	var mutex sync.Mutex
	var atomicSum int64
	sum, seen := 0, map[int]bool{}
	for i := 0; i < 1000; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			runtime.Gosched()
			mutex.Lock()
			sum += i
			seen[i%50] = true
			mutex.Unlock()
			atomic.AddInt64(&atomicSum, int64(i))
		}(i)
	}
	group.Wait()
	fmt.Println("sum", sum, atomicSum, len(seen))
	var once sync.Once
	for i := 0; i < 3; i++ {
		once.Do(func() { fmt.Println("once") })
	}
}

func panics() {
	var table map[string]int
	var pointer *struct{ x int }
	zero, list := 0, []int{1}
	tryTo("nil map", func() { table["a"] = 1 })
	tryTo("nil pointer", func() { fmt.Println(pointer.x) })
	tryTo("division", func() { fmt.Println(1 / zero) })
	tryTo("index", func() { fmt.Println(list[zero+5]) })
	tryTo("type", func() { var any interface{} = "text"; fmt.Println(any.(int)) })
	tryTo("closed", func() { c := make(chan int); close(c); close(c) })
	tryTo("own", func() { panic(fmt.Errorf("wrapped: %w", os.ErrNotExist)) })
	tryTo("nested", func() { defer func() { panic(fmt.Sprint("again ", recover())) }(); panic("first") })
	tryTo("deep", func() {
		var recurse func(int) int
		recurse = func(n int) int {
			if n == 0 {
				panic("bottom")
			}
			return recurse(n-1) + 1
		}
		recurse(100000)
	})
}

func timers() {
	timeout := time.After(20 * time.Millisecond)
	ticker := time.NewTicker(time.Millisecond)
	ticks := 0
loop:
	for {
		select {
		case <-ticker.C:
			ticks++
		case <-timeout:
			break loop
		}
	}
	fmt.Println("ticked", ticks > 0)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err())
	// A loop without a call: the runtime preempts it by a signal.
	var stop int32
	go func() {
		for atomic.LoadInt32(&stop) == 0 {
		}
	}()
	time.Sleep(5 * time.Millisecond)
	runtime.GC()
	atomic.StoreInt32(&stop, 1)
	fmt.Println("collected beside a loop")
}

func servers() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		fmt.Fprintf(w, "%s %s %x", r.Method, r.URL.Path, sha256.Sum256(body))
	}))
	answers := make([]string, 20)
	var group sync.WaitGroup
	for i := range answers {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			url := fmt.Sprintf("http://%s/page/%d", listener.Addr(), i)
			answer, err := http.Post(url, "text/plain", strings.NewReader(strings.Repeat("x", i*1000)))
			if err != nil {
				answers[i] = err.Error()
				return
			}
			text, _ := io.ReadAll(answer.Body)
			answer.Body.Close()
			answers[i] = string(text)
		}(i)
	}
	group.Wait()
	for _, answer := range answers {
		fmt.Println(answer)
	}
	_, err = net.DialTimeout("tcp", "127.0.0.1:1", time.Second)
	fmt.Println(errors.Is(err, syscall.ECONNREFUSED))
}

func processes() {
	command := exec.Command("tr", "a-z", "A-Z")
	command.Stdin = strings.NewReader("through a pipe")
	out, err := command.Output()
	fmt.Println(string(out), err, exec.Command("sh", "-c", "exit 7").Run())
	fmt.Println(exec.Command("sh", "-c", "kill -9 $$").Run(), exec.Command("/none").Run())
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-caught)
}

func memory() {
	type node struct{ left, right *node }
	var build func(int) *node
	build = func(depth int) *node {
		if depth == 0 {
			return &node{}
		}
		return &node{build(depth - 1), build(depth - 1)}
	}
	var count func(*node) int
	count = func(n *node) int {
		if n.left == nil {
			return 1
		}
		return 1 + count(n.left) + count(n.right)
	}
	total := 0
	for i := 0; i < 10; i++ {
		total += count(build(13))
	}
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	fmt.Println("nodes", total, stats.NumGC > 0)
	words := map[string]int{}
	for i := 0; i < 20000; i++ {
		words[fmt.Sprint("w", i*7919%1000)]++
	}
	keys := make([]string, 0, len(words))
	for key := range words {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	text, _ := json.Marshal(map[string]interface{}{"keys": keys[:5], "count": len(keys), "third": 1.0 / 3})
	var buffer bytes.Buffer
	json.Indent(&buffer, text, "", " ")
	lines := bufio.NewScanner(&buffer)
	for lines.Scan() {
		fmt.Println(lines.Text())
	}
}

func main() {
	if len(os.Args) > 1 {
		var pointer *int
		go func() { *pointer = 1 }()
		time.Sleep(10 * time.Second)
	}
	sieve()
	locks()
	panics()
	timers()
	servers()
	processes()
	memory()
	crash := exec.Command(os.Args[0], "crash")
	text, err := crash.CombinedOutput()
	fmt.Println(err, strings.Contains(string(text), "panic: runtime error: invalid memory address or nil pointer dereference\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0"))
	file, _ := os.Create("written")
	fmt.Fprintln(file, "text")
	file.Close()
	info, _ := os.Stat("written")
	fmt.Println(info.Size(), info.Mode())
	panic("the end")
}

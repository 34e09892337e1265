// SPDX-License-Identifier: LGPL-2.1-or-later

// channels: data channels of two pion peer connections in one process; what it measures, and how it
// is called: ../bench-channels.h. BENCH_LINK_PROGRAM is bench-link.c.
package main

import (
	"bufio"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"os"
	"os/exec"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/webrtc/v3"
)

const messageBytes, high, low, pingBytes, warmUp = 16384, 1 << 20, 256 << 10, 64, 100

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func processorSeconds() float64 {
	var r syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return float64(r.Utime.Nano()+r.Stime.Nano()) / 1e9
}

// The emulated link: a process for each call.
type link struct {
	in    io.WriteCloser
	out   *bufio.Reader
	child *exec.Cmd
}

func newLink() *link {
	if os.Getenv("BENCH_LINK") == "" {
		return nil
	}
	child := exec.Command(os.Getenv("BENCH_LINK_PROGRAM"), os.Getenv("BENCH_LINK"))
	in, err := child.StdinPipe()
	must(err)
	out, err := child.StdoutPipe()
	must(err)
	must(child.Start())
	return &link{in, bufio.NewReader(out), child}
}

func (l *link) cross(d webrtc.SessionDescription) webrtc.SessionDescription {
	if l == nil {
		return d
	}
	fmt.Fprintf(l.in, "%s %s\n", d.Type.String(), base64.StdEncoding.EncodeToString([]byte(d.SDP)))
	line, err := l.out.ReadString('\n')
	must(err)
	sdp, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
	must(err)
	return webrtc.SessionDescription{Type: d.Type, SDP: string(sdp)}
}

type bench struct {
	link           *link
	a, b           *webrtc.PeerConnection
	channel        *webrtc.DataChannel
	room, progress chan struct{}
	lock           sync.Mutex
	received       uint64
	nReceived      uint64
	first, last    time.Time
	digest         hash.Hash
	echoes         bool
	milliseconds   float64
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (s *bench) take(m webrtc.DataChannelMessage) {
	s.lock.Lock()
	s.last = time.Now()
	if s.received == 0 {
		s.first = s.last
	}
	if s.digest != nil {
		s.digest.Write(m.Data)
	}
	s.received += uint64(len(m.Data))
	atomic.AddUint64(&s.nReceived, 1)
	s.lock.Unlock()
	poke(s.progress)
}

func connect(echoes bool) *bench {
	engine := webrtc.SettingEngine{}
	engine.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	engine.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	api := webrtc.NewAPI(webrtc.WithSettingEngine(engine))
	s := &bench{link: newLink(), room: make(chan struct{}, 1), progress: make(chan struct{}, 1), echoes: echoes}
	var err error
	s.a, err = api.NewPeerConnection(webrtc.Configuration{})
	must(err)
	s.b, err = api.NewPeerConnection(webrtc.Configuration{})
	must(err)
	open := make(chan int, 4)
	start := time.Now()
	s.channel, err = s.a.CreateDataChannel("bench", nil)
	must(err)
	s.channel.OnOpen(func() { open <- 0 })
	s.channel.OnMessage(s.take)
	s.channel.SetBufferedAmountLowThreshold(low)
	s.channel.OnBufferedAmountLow(func() { poke(s.room) })
	s.b.OnDataChannel(func(d *webrtc.DataChannel) {
		d.OnOpen(func() { open <- 1 })
		if s.echoes {
			d.OnMessage(func(m webrtc.DataChannelMessage) { must(d.Send(m.Data)) })
		} else {
			d.OnMessage(s.take)
		}
	})
	offer, err := s.a.CreateOffer(nil)
	must(err)
	gathered := webrtc.GatheringCompletePromise(s.a)
	must(s.a.SetLocalDescription(offer))
	<-gathered
	must(s.b.SetRemoteDescription(s.link.cross(*s.a.LocalDescription())))
	answer, err := s.b.CreateAnswer(nil)
	must(err)
	gathered = webrtc.GatheringCompletePromise(s.b)
	must(s.b.SetLocalDescription(answer))
	<-gathered
	must(s.a.SetRemoteDescription(s.link.cross(*s.b.LocalDescription())))
	<-open
	<-open
	s.milliseconds = float64(time.Since(start).Microseconds()) / 1e3
	return s
}

func (s *bench) close() {
	s.a.Close()
	s.b.Close()
	if s.link != nil {
		s.link.in.Close()
		s.link.child.Wait()
	}
}

func (s *bench) bulk(wanted uint64, checks bool) bool {
	message := make([]byte, messageBytes)
	sent := sha256.New()
	if checks {
		s.digest = sha256.New()
	}
	processor := processorSeconds()
	for n := uint64(0); n*messageBytes < wanted; n++ {
		for s.channel.BufferedAmount() > high {
			select {
			case <-s.room:
			case <-time.After(20 * time.Millisecond):
			}
		}
		if checks {
			message = make([]byte, messageBytes)
			for i := 0; i < messageBytes/8; i++ {
				binary.LittleEndian.PutUint64(message[8*i:], (n+1)*0x9e3779b97f4a7c15+uint64(i))
			}
			sent.Write(message)
		}
		must(s.channel.Send(message))
	}
	for atomic.LoadUint64(&s.nReceived)*messageBytes < wanted {
		<-s.progress
	}
	processor = processorSeconds() - processor
	seconds := s.last.Sub(s.first).Seconds()
	what, equal, sum := "bulk", "null", ""
	if checks {
		sum = fmt.Sprintf("%x", s.digest.Sum(nil))
		what, equal = "check", fmt.Sprint(sum == fmt.Sprintf("%x", sent.Sum(nil)))
	}
	fmt.Printf("{\"peer\": \"pion\", \"what\": \"%s\", \"bytes\": %d, \"seconds\": %.3f, \"mb_s\": %.2f, \"cpu_s\": %.2f, "+
		"\"cpu_s_per_gb\": %.2f, \"sha256\": \"%s\", \"sha256_equal\": %s}\n", what, s.received, seconds,
		float64(s.received)/1e6/seconds, processor, processor/(float64(s.received)/1e9), sum, equal)
	return equal != "false"
}

func printTimes(what string, ms []float64) {
	n := len(ms)
	sort.Float64s(ms)
	fmt.Printf("{\"peer\": \"pion\", \"what\": \"%s\", \"n\": %d, \"p50_ms\": %.3f, \"min_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n",
		what, n, ms[n/2], ms[0], ms[n*99/100], ms[n-1])
}

func main() {
	n, err := strconv.Atoi(os.Args[2])
	must(err)
	var ms []float64
	switch os.Args[1] {
	case "open":
		for i := 0; i < n; i++ {
			s := connect(false)
			ms = append(ms, s.milliseconds)
			s.close()
		}
		printTimes("open", ms)
	case "rtt":
		s := connect(true)
		for i := 0; i < n+warmUp; i++ {
			start := time.Now()
			before := atomic.LoadUint64(&s.nReceived)
			must(s.channel.Send(make([]byte, pingBytes)))
			for atomic.LoadUint64(&s.nReceived) == before {
				<-s.progress
			}
			if i >= warmUp {
				ms = append(ms, float64(s.last.Sub(start).Nanoseconds())/1e6)
			}
		}
		printTimes("rtt", ms)
		s.close()
	default:
		s := connect(false)
		good := s.bulk(uint64(n)<<20, os.Args[1] == "check")
		s.close()
		if !good {
			os.Exit(1)
		}
	}
}

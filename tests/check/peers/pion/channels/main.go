// SPDX-License-Identifier: LGPL-2.1-or-later

// channels/main.go - pion as an end of channels.py, which has the words.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"

	"github.com/pion/webrtc/v3"

	"viewer/session"
)

type options struct {
	Ordered           *bool   `json:"ordered"`
	MaxRetransmits    *uint16 `json:"maxRetransmits"`
	MaxPacketLifeTime *uint16 `json:"maxPacketLifeTime"`
	Protocol          *string `json:"protocol"`
	Negotiated        *bool   `json:"negotiated"`
	ID                *uint16 `json:"id"`
}

type order struct {
	Do, SDP, First, Label, Text string
	Length                      int
	Options                     options
}

type said map[string]interface{}

var (
	connection *webrtc.PeerConnection
	channels   = map[string]*webrtc.DataChannel{}
	lock       sync.Mutex // output and channels: pion calls from threads of its own
)

func say(what string, label string, more said) {
	line := said{"says": what, "label": label}
	for name, value := range more {
		line[name] = value
	}
	lock.Lock()
	defer lock.Unlock()
	session.Check(json.NewEncoder(os.Stdout).Encode(line))
}

func byteAt(i int) byte { return byte(i*7 + i>>8) }

func makeBytes(length int) []byte {
	data := make([]byte, length)
	for i := range data {
		data[i] = byteAt(i)
	}
	return data
}

func isGood(data []byte) bool {
	for i, b := range data {
		if b != byteAt(i) {
			return false
		}
	}
	return true
}

func watch(c *webrtc.DataChannel) {
	lock.Lock()
	channels[c.Label()] = c
	lock.Unlock()
	c.OnOpen(func() {
		say("open", c.Label(), said{"ordered": c.Ordered(), "maxRetransmits": c.MaxRetransmits(),
			"maxPacketLifeTime": c.MaxPacketLifeTime(), "protocol": c.Protocol(), "id": c.ID()})
	})
	c.OnClose(func() { say("closed", c.Label(), nil) })
	c.OnMessage(func(m webrtc.DataChannelMessage) {
		if m.IsString {
			say("text", c.Label(), said{"text": string(m.Data)})
		} else {
			say("bytes", c.Label(), said{"length": len(m.Data), "good": isGood(m.Data)})
		}
	})
}

func open(label string, o options) {
	c, err := connection.CreateDataChannel(label, &webrtc.DataChannelInit{
		Ordered: o.Ordered, MaxRetransmits: o.MaxRetransmits, MaxPacketLifeTime: o.MaxPacketLifeTime,
		Protocol: o.Protocol, Negotiated: o.Negotiated, ID: o.ID})
	session.Check(err)
	watch(c)
}

func connect() {
	var err error
	connection, err = webrtc.NewPeerConnection(webrtc.Configuration{})
	session.Check(err)
	connection.OnDataChannel(watch)
}

func describe(description webrtc.SessionDescription, err error) {
	session.Check(err)
	gathered := webrtc.GatheringCompletePromise(connection)
	session.Check(connection.SetLocalDescription(description))
	<-gathered
	local := connection.LocalDescription()
	say("description", "", said{"type": local.Type.String(), "sdp": local.SDP})
}

func find(label string) *webrtc.DataChannel {
	lock.Lock()
	defer lock.Unlock()
	return channels[label]
}

func refuse(label string, err error) {
	if err != nil {
		say("refused", label, said{"why": err.Error()})
	}
}

func obey(o order) {
	switch o.Do {
	case "offer":
		connect()
		open(o.First, options{})
		describe(connection.CreateOffer(nil))
	case "answer":
		connect()
		session.Check(connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.SDP}))
		describe(connection.CreateAnswer(nil))
	case "accept":
		session.Check(connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: o.SDP}))
	case "open":
		open(o.Label, o.Options)
	case "text":
		refuse(o.Label, find(o.Label).SendText(o.Text))
	case "bytes":
		refuse(o.Label, find(o.Label).Send(makeBytes(o.Length)))
	case "close":
		session.Check(find(o.Label).Close())
	case "leave":
		// Whether the other side's end comes first is chance.
		_ = connection.Close()
		say("left", "", nil)
	default:
		session.Check(fmt.Errorf("what is %s?", o.Do))
	}
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var o order
		session.Check(json.Unmarshal(lines.Bytes(), &o))
		obey(o)
	}
}

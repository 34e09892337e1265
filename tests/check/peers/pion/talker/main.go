// SPDX-License-Identifier: LGPL-2.1-or-later

// talker/main.go ENDPOINT - pion with data channels only, against browser/talker.c: messages of all
// kinds, close from either side, many channels. Prints {"state", "greeting", "echoed", "ids"}.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/pion/webrtc/v3"

	"viewer/session"
)

const (
	patience = 30 * time.Second
	many     = 100
)

// channel is one data channel and what happens on it.
type channel struct {
	*webrtc.DataChannel
	opened, closed chan struct{}
	came           chan webrtc.DataChannelMessage
}

func watch(c *webrtc.DataChannel) *channel {
	w := &channel{c, make(chan struct{}), make(chan struct{}), make(chan webrtc.DataChannelMessage, 16)}
	c.OnOpen(func() { close(w.opened) })
	c.OnClose(func() { close(w.closed) })
	c.OnMessage(func(m webrtc.DataChannelMessage) { w.came <- m })
	return w
}

func wait(what string, event chan struct{}) {
	select {
	case <-event:
	case <-time.After(patience):
		session.Check(fmt.Errorf("%s: not within %v", what, patience))
	}
}

func (w *channel) next() webrtc.DataChannelMessage {
	select {
	case m := <-w.came:
		return m
	case <-time.After(patience):
		session.Check(errors.New("no message on " + w.Label()))
	}
	return webrtc.DataChannelMessage{}
}

func (w *channel) echoes(data []byte, isText bool) {
	if isText {
		session.Check(w.SendText(string(data)))
	} else {
		session.Check(w.Send(data))
	}
	m := w.next()
	if m.IsString != isText || !bytes.Equal(m.Data, data) {
		session.Check(fmt.Errorf("%d bytes came back as %d", len(data), len(m.Data)))
	}
}

func open(connection *webrtc.PeerConnection, label string, init *webrtc.DataChannelInit) *channel {
	c, err := connection.CreateDataChannel(label, init)
	session.Check(err)
	return watch(c)
}

func main() {
	connection, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	session.Check(err)
	theirs := make(chan *channel, 1)
	connection.OnDataChannel(func(c *webrtc.DataChannel) { theirs <- watch(c) })
	chat := open(connection, "chat", nil)

	offer, err := connection.CreateOffer(nil)
	session.Check(err)
	gathered := webrtc.GatheringCompletePromise(connection)
	session.Check(connection.SetLocalDescription(offer))
	<-gathered
	answer, location := session.Request("POST", os.Args[1], connection.LocalDescription().SDP, 201, 201)
	session.Check(connection.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: answer}))

	wait("chat opens", chat.opened)
	greeting := (<-theirs).next()
	echoed := 0
	for _, length := range []int{1, 0, 1200, 16384, 65535} {
		data := make([]byte, length)
		for i := range data {
			data[i] = byte(i*7 + i>>8)
		}
		chat.echoes(data, false)
		echoed++
	}
	for _, text := range []string{"text", "", "h\u00e9"} {
		chat.echoes([]byte(text), true)
		echoed++
	}

	unordered, never := false, uint16(0)
	lossy := open(connection, "lossy", &webrtc.DataChannelInit{Ordered: &unordered, MaxRetransmits: &never})
	wait("lossy opens", lossy.opened)
	lossy.echoes([]byte("lossy"), true)
	session.Check(lossy.SendText("close"))
	wait("lossy is closed by the other side", lossy.closed)

	ids := map[uint16]bool{}
	channels := []*channel{}
	for i := 0; i < many; i++ {
		channels = append(channels, open(connection, fmt.Sprintf("many-%d", i), nil))
	}
	for _, c := range channels {
		wait(c.Label()+" opens", c.opened)
		c.echoes([]byte(c.Label()), true)
		ids[*c.ID()] = true
	}
	for _, c := range channels {
		session.Check(c.Close())
		wait(c.Label()+" closes", c.closed)
	}

	state := connection.ConnectionState().String()
	session.Request("DELETE", location, "", 200, 204)
	// Whether the other side's end comes first is chance; nothing else may go wrong.
	if err := connection.Close(); err != nil && !strings.Contains(err.Error(), "conn is closed") {
		session.Check(err)
	}
	session.Check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"state": state, "greeting": string(greeting.Data), "echoed": echoed, "ids": len(ids),
	}))
}

// SPDX-License-Identifier: LGPL-2.1-or-later

// main.go ENDPOINT CODEC - pion as a WHEP viewer: counts packets, asks for a key frame by PLI.
package main

import (
	"encoding/json"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v3"

	"viewer/session"
)

const (
	wantedVideo = 60
	wantedAudio = 50
	patience    = 30 * time.Second
)

// startsKeyFrame reads a VP8 payload: its descriptor (RFC 7741 4.2), then the P bit (4.3).
func startsKeyFrame(b []byte) bool {
	if len(b) < 1 || b[0]&0x10 == 0 || b[0]&0x07 != 0 {
		return false // not the start of partition 0
	}
	at := 1
	if b[0]&0x80 != 0 && len(b) > 1 {
		bits := b[1]
		at = 2
		if bits&0x80 != 0 && len(b) > at { // picture id, one byte or two
			if b[at]&0x80 != 0 {
				at++
			}
			at++
		}
		if bits&0x40 != 0 {
			at++
		}
		if bits&0x30 != 0 {
			at++
		}
	}
	return len(b) > at && b[at]&0x01 == 0
}

func main() {
	endpoint, codec := os.Args[1], os.Args[2]
	connection, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	session.Check(err)

	var video, audio, keysAsked int64
	var asked int32
	enough := make(chan struct{}, 2)
	connection.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		for {
			packet, _, err := track.ReadRTP()
			if err != nil {
				return
			}
			if track.Kind() == webrtc.RTPCodecTypeAudio {
				if atomic.AddInt64(&audio, 1) == wantedAudio {
					enough <- struct{}{}
				}
				continue
			}
			if atomic.LoadInt32(&asked) == 1 && startsKeyFrame(packet.Payload) {
				atomic.AddInt64(&keysAsked, 1)
			}
			n := atomic.AddInt64(&video, 1)
			if n == wantedVideo/2 {
				atomic.StoreInt32(&asked, 1)
				session.Check(connection.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{
					MediaSSRC: uint32(track.SSRC())}}))
			}
			if n == wantedVideo {
				enough <- struct{}{}
			}
		}
	})

	receive := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
	transceiver, err := connection.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, receive)
	session.Check(err)
	var preferred []webrtc.RTPCodecParameters
	for _, c := range transceiver.Receiver().GetParameters().Codecs {
		if strings.EqualFold(c.MimeType, "video/"+codec) {
			preferred = append(preferred, c)
		}
	}
	session.Check(transceiver.SetCodecPreferences(preferred))
	_, err = connection.AddTransceiverFromKind(webrtc.RTPCodecTypeAudio, receive)
	session.Check(err)

	offer, err := connection.CreateOffer(nil)
	session.Check(err)
	gathered := webrtc.GatheringCompletePromise(connection)
	session.Check(connection.SetLocalDescription(offer))
	<-gathered
	answer, location := session.Request("POST", endpoint, connection.LocalDescription().SDP, 201, 201)
	session.Check(connection.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: answer}))

	deadline := time.After(patience)
	for waiting := 2; waiting > 0; waiting-- {
		select {
		case <-enough:
		case <-deadline:
			waiting = 0
		}
	}
	state := connection.ConnectionState().String()
	session.Request("DELETE", location, "", 200, 204)
	session.Check(connection.Close())
	session.Check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"video": atomic.LoadInt64(&video), "audio": atomic.LoadInt64(&audio),
		"key_frames_after_pli": atomic.LoadInt64(&keysAsked), "state": state,
	}))
}

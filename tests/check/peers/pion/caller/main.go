// SPDX-License-Identifier: LGPL-2.1-or-later

// main.go FOLDER ENDPOINT CODEC SECONDS - pion as a WHIP caller: sends what callmedia.py wrote to
// FOLDER, which has to be of that codec and length.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/media"
	"github.com/pion/webrtc/v3/pkg/media/ivfreader"

	"viewer/session"
)

const patience = 30 * time.Second

var capabilities = map[string]webrtc.RTPCodecCapability{
	"VP8":  {MimeType: webrtc.MimeTypeVP8, ClockRate: 90000},
	"VP9":  {MimeType: webrtc.MimeTypeVP9, ClockRate: 90000, SDPFmtpLine: "profile-id=0"},
	"H264": {MimeType: webrtc.MimeTypeH264, ClockRate: 90000, SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
	"opus": {MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1"},
}

// play sends a file's frames at their times, counted from began; returns how many.
func play(track *webrtc.TrackLocalStaticSample, path string, ticks, step uint64, began time.Time) int {
	file, err := os.Open(path)
	session.Check(err)
	defer file.Close()
	reader, _, err := ivfreader.NewWith(file)
	session.Check(err)
	for n := 0; ; n++ {
		data, header, err := reader.ParseNextFrame()
		if err == io.EOF {
			return n
		}
		session.Check(err)
		at := func(t uint64) time.Duration { return time.Duration(t) * time.Second / time.Duration(ticks) }
		time.Sleep(time.Until(began.Add(at(header.Timestamp))))
		session.Check(track.WriteSample(media.Sample{Data: data, Duration: at(header.Timestamp+step) - at(header.Timestamp)}))
	}
}

func add(connection *webrtc.PeerConnection, codec, kind string) *webrtc.TrackLocalStaticSample {
	track, err := webrtc.NewTrackLocalStaticSample(capabilities[codec], kind, "call")
	session.Check(err)
	sender, err := connection.AddTrack(track)
	session.Check(err)
	go func() { // pion answers NACKs only for those who read
		buffer := make([]byte, 1500)
		for {
			if _, _, err := sender.Read(buffer); err != nil {
				return
			}
		}
	}()
	return track
}

func main() {
	folder, endpoint, codec := os.Args[1], os.Args[2], os.Args[3]
	connection, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	session.Check(err)
	connected := make(chan struct{}, 1)
	connection.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			connected <- struct{}{}
		}
	})
	video, audio := add(connection, codec, "video"), add(connection, "opus", "audio")

	offer, err := connection.CreateOffer(nil)
	session.Check(err)
	gathered := webrtc.GatheringCompletePromise(connection)
	session.Check(connection.SetLocalDescription(offer))
	<-gathered
	answer, location := session.Request("POST", endpoint, connection.LocalDescription().SDP, 201, 201)
	session.Check(connection.SetRemoteDescription(webrtc.SessionDescription{
		Type: webrtc.SDPTypeAnswer, SDP: answer}))
	select {
	case <-connected:
	case <-time.After(patience):
		session.Check(fmt.Errorf("not connected but %s", connection.ConnectionState()))
	}

	began, sound := time.Now(), make(chan struct{})
	go func() {
		play(audio, filepath.Join(folder, "audio.ivf"), 48000, 960, began)
		close(sound)
	}()
	frames := play(video, filepath.Join(folder, "video.ivf"), 30, 1, began)
	<-sound
	state := connection.ConnectionState().String()
	session.Request("DELETE", location, "", 200, 204)
	session.Check(connection.Close())
	session.Check(json.NewEncoder(os.Stdout).Encode(map[string]interface{}{
		"frames": frames, "state": state}))
}

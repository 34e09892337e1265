// SPDX-License-Identifier: LGPL-2.1-or-later

// main.go PORT FOLDER - a recorder on pion, as its example save-to-disk has it: a WHIP server, each
// caller into FOLDER/N.ivf or .h264 and FOLDER/N.ogg. For the comparison in docs/benchmarks.md.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v3"
	"github.com/pion/webrtc/v3/pkg/media"
	"github.com/pion/webrtc/v3/pkg/media/h264writer"
	"github.com/pion/webrtc/v3/pkg/media/ivfwriter"
	"github.com/pion/webrtc/v3/pkg/media/oggwriter"
)

var (
	folder string
	serial int64
	calls  sync.Map // path -> *call
)

type call struct {
	connection *webrtc.PeerConnection
	files      sync.WaitGroup
}

func writer(track *webrtc.TrackRemote, name string) (media.Writer, error) {
	path := filepath.Join(folder, name)
	switch {
	case strings.EqualFold(track.Codec().MimeType, webrtc.MimeTypeOpus):
		return oggwriter.New(path+".ogg", 48000, 2)
	case strings.EqualFold(track.Codec().MimeType, webrtc.MimeTypeH264):
		return h264writer.New(path + ".h264")
	}
	return ivfwriter.New(path + ".ivf")
}

func (c *call) record(track *webrtc.TrackRemote, name string) {
	defer c.files.Done()
	out, err := writer(track, name)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	defer out.Close()
	if track.Kind() == webrtc.RTPCodecTypeVideo {
		_ = c.connection.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{
			MediaSSRC: uint32(track.SSRC())}})
	}
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if err := out.WriteRTP(packet); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
	}
}

func begin(offer, name string) (*call, string, error) {
	connection, err := webrtc.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return nil, "", err
	}
	c := &call{connection: connection}
	connection.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) {
		c.files.Add(1)
		c.record(track, name)
	})
	err = connection.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: offer})
	if err != nil {
		return nil, "", err
	}
	answer, err := connection.CreateAnswer(nil)
	if err != nil {
		return nil, "", err
	}
	gathered := webrtc.GatheringCompletePromise(connection)
	if err := connection.SetLocalDescription(answer); err != nil {
		return nil, "", err
	}
	<-gathered
	return c, connection.LocalDescription().SDP, nil
}

func serve(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		name := fmt.Sprint(atomic.AddInt64(&serial, 1))
		c, answer, err := begin(string(body), name)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		calls.Store("/whip/"+name, c)
		w.Header().Set("Content-Type", "application/sdp")
		w.Header().Set("Location", "/whip/"+name)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, answer)
	case http.MethodDelete:
		if c, found := calls.LoadAndDelete(r.URL.Path); found {
			_ = c.(*call).connection.Close()
			c.(*call).files.Wait()
		} else {
			w.WriteHeader(http.StatusNotFound)
		}
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}

func main() {
	folder = os.Args[2]
	listener, err := net.Listen("tcp", "127.0.0.1:"+os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Printf("{\"endpoint\": \"http://%s/whip\"}\n", listener.Addr())
	http.HandleFunc("/", serve)
	_ = http.Serve(listener, nil)
}

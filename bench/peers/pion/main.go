// A relay on Pion to measure against: what its own example of a broadcast does, for many rooms.
//
// It reads lines of JSON from stdin and answers on stdout. It makes every offer, as Duress Server does:
//
//	in   {"t":"join","id":1,"room":"a","role":"broadcaster"|"viewer"}
//	in   {"t":"answer","id":1,"sdp":"…"}
//	in   {"t":"leave","id":1}
//	out  {"t":"ready"}  {"t":"offer","id":1,"sdp":"…"}  {"t":"left","id":1}  {"t":"error","id":1,"error":"…"}
//
// NOINT=1 leaves Pion's default interceptors (NACK, reports, transport-cc) out. It ends with its stdin.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net"
	"os"
	"sync"

	"github.com/pion/ice/v2"
	"github.com/pion/interceptor"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v3"
)

const (
	maxLine     = 1 << 20
	maxDatagram = 1500
)

type message struct {
	Type  string `json:"t"`
	ID    int    `json:"id,omitempty"`
	Room  string `json:"room,omitempty"`
	Role  string `json:"role,omitempty"`
	SDP   string `json:"sdp,omitempty"`
	Error string `json:"error,omitempty"`
}

type relay struct {
	api    *webrtc.API
	tracks map[string]*webrtc.TrackLocalStaticRTP
	peers  map[int]*webrtc.PeerConnection
	mutex  sync.Mutex // of out
	out    *json.Encoder
}

func main() {
	api, err := newAPI(os.Getenv("NOINT") == "1")
	if err != nil {
		log.Fatal(err)
	}
	r := &relay{
		api:    api,
		tracks: map[string]*webrtc.TrackLocalStaticRTP{},
		peers:  map[int]*webrtc.PeerConnection{},
		out:    json.NewEncoder(os.Stdout),
	}
	r.say(message{Type: "ready"})
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, maxLine), maxLine)
	for lines.Scan() {
		var m message
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			log.Fatal(err)
		}
		if err := r.handle(m); err != nil {
			r.say(message{Type: "error", ID: m.ID, Error: err.Error()})
		}
	}
}

func newAPI(bare bool) (*webrtc.API, error) {
	codecs := &webrtc.MediaEngine{}
	if err := codecs.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	interceptors := &interceptor.Registry{}
	if !bare {
		if err := webrtc.RegisterDefaultInterceptors(codecs, interceptors); err != nil {
			return nil, err
		}
	}
	settings := webrtc.SettingEngine{}
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetIPFilter(net.IP.IsLoopback)
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(codecs),
		webrtc.WithInterceptorRegistry(interceptors),
		webrtc.WithSettingEngine(settings),
	), nil
}

func (r *relay) say(m message) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if err := r.out.Encode(m); err != nil {
		log.Fatal(err)
	}
}

func (r *relay) handle(m message) error {
	switch m.Type {
	case "join":
		return r.join(m)
	case "answer":
		peer, ok := r.peers[m.ID]
		if !ok {
			return errors.New("no such peer")
		}
		return peer.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: m.SDP})
	case "leave":
		if peer, ok := r.peers[m.ID]; ok {
			delete(r.peers, m.ID)
			if err := peer.Close(); err != nil {
				return err
			}
		}
		r.say(message{Type: "left", ID: m.ID})
		return nil
	}
	return errors.New("unknown line")
}

func (r *relay) trackOf(room string) (*webrtc.TrackLocalStaticRTP, error) {
	if track, ok := r.tracks[room]; ok {
		return track, nil
	}
	track, err := webrtc.NewTrackLocalStaticRTP(webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8}, "video", room)
	if err == nil {
		r.tracks[room] = track
	}
	return track, err
}

func (r *relay) join(m message) error {
	track, err := r.trackOf(m.Room)
	if err != nil {
		return err
	}
	peer, err := r.api.NewPeerConnection(webrtc.Configuration{})
	if err != nil {
		return err
	}
	r.peers[m.ID] = peer
	if m.Role == "broadcaster" {
		peer.OnTrack(func(remote *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { forward(remote, track) })
		_, err = peer.AddTransceiverFromKind(webrtc.RTPCodecTypeVideo, webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly})
	} else {
		var sender *webrtc.RTPSender
		if sender, err = peer.AddTrack(track); err == nil {
			go readRTCP(sender)
		}
	}
	if err != nil {
		return err
	}
	return r.offer(m.ID, peer)
}

// The offer leaves when it has all candidates.
func (r *relay) offer(id int, peer *webrtc.PeerConnection) error {
	description, err := peer.CreateOffer(nil)
	if err != nil {
		return err
	}
	gathered := webrtc.GatheringCompletePromise(peer)
	if err := peer.SetLocalDescription(description); err != nil {
		return err
	}
	go func() {
		<-gathered
		r.say(message{Type: "offer", ID: id, SDP: peer.LocalDescription().SDP})
	}()
	return nil
}

// Interceptors see feedback only when it is read.
func readRTCP(sender *webrtc.RTPSender) {
	buffer := make([]byte, maxDatagram)
	for {
		if _, _, err := sender.Read(buffer); err != nil {
			return
		}
	}
}

// The extensions of the uplink mean nothing to viewers.
func forward(remote *webrtc.TrackRemote, track *webrtc.TrackLocalStaticRTP) {
	buffer := make([]byte, maxDatagram)
	packet := &rtp.Packet{}
	for {
		n, _, err := remote.Read(buffer)
		if err != nil {
			return
		}
		if err := packet.Unmarshal(buffer[:n]); err != nil {
			return
		}
		packet.Extension = false
		packet.Extensions = nil
		// A viewer that has just left is no reason to stop.
		if err := track.WriteRTP(packet); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			log.Print(err)
		}
	}
}

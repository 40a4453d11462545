"""A peer made of GStreamer's webrtcbin, for tests.

    gstreamer-peer.py probe               ends with 0 where all that is needed is installed
    gstreamer-peer.py publish VP8|H264    offers test pictures and a tone
    gstreamer-peer.py watch VP8|H264      offers to receive these pictures and Opus, decodes them

The offer goes out as a line of JSON, {"offer": SDP}, with all candidates in it; the answer is read as one, {"answer": SDP}. A player tells
four times a second how much it has decoded: {"frames": N, "sounds": N}. The end of its input ends it.
"""

import json
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

ELEMENTS = [
    *["webrtcbin", "nicesrc", "dtlsdec", "srtpdec", "vp8enc", "vp8dec", "rtpvp8pay", "openh264enc", "openh264dec", "rtph264pay", "h264parse"],
    *["opusenc", "opusdec", "rtpopuspay"],
]

PICTURE = "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=30/1"
SOUND = "audiotestsrc is-live=true ! audioconvert ! audioresample"
ENCODERS = {
    "VP8": ("vp8enc deadline=1 keyframe-max-dist=60 ! rtpvp8pay", ""),
    # An offer may be made before the encoder has told what it makes: then these parameters are all that it says.
    "H264": (
        "openh264enc gop-size=60 ! video/x-h264,profile=constrained-baseline ! rtph264pay config-interval=-1 aggregate-mode=zero-latency",
        ",packetization-mode=(string)1,profile-level-id=(string)42e01f",
    ),
}
DECODERS = {
    "VP8": ("frames", "rtpvp8depay ! vp8dec"),
    "H264": ("frames", "rtph264depay ! h264parse ! openh264dec"),
    "OPUS": ("sounds", "rtpopusdepay ! opusdec"),
}


def say(**message):
    print(json.dumps(message), flush=True)


def caps_of(media, codec, payload_type):
    return f"application/x-rtp,media={media},encoding-name={codec},payload={payload_type}"


class Peer:
    def __init__(self, loop):
        self.loop = loop
        self.counts = {"frames": 0, "sounds": 0}

    def publish(self, codec):
        encoder, parameters = ENCODERS[codec]
        video = f"{PICTURE} ! {encoder} pt=96 ! {caps_of('video', codec, 96)}{parameters} ! peer."
        audio = f"{SOUND} ! opusenc ! rtpopuspay pt=97 ! {caps_of('audio', 'OPUS', 97)} ! peer."
        self.pipeline = Gst.parse_launch(f"webrtcbin name=peer bundle-policy=max-bundle {video} {audio}")
        self.start(GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY)

    def watch(self, codec):
        self.pipeline = Gst.Pipeline.new("pipeline")
        peer = Gst.ElementFactory.make("webrtcbin", "peer")
        peer.set_property("bundle-policy", "max-bundle")
        self.pipeline.add(peer)
        video = f"{caps_of('video', codec, 96)},clock-rate=90000,rtcp-fb-nack=true,rtcp-fb-nack-pli=true{ENCODERS[codec][1]}"
        audio = f"{caps_of('audio', 'OPUS', 97)},clock-rate=48000,encoding-params=(string)2"
        for caps in [video, audio]:
            peer.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, Gst.Caps.from_string(caps))
        peer.connect("pad-added", self.decode)
        GLib.timeout_add(250, lambda: say(**self.counts) or True)
        self.start(GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY)

    def start(self, direction):
        self.peer = self.pipeline.get_by_name("peer")
        self.direction = direction
        self.peer.connect("on-negotiation-needed", self.offer)
        self.peer.connect("notify::ice-gathering-state", self.gathered)
        self.pipeline.set_state(Gst.State.PLAYING)

    def offer(self, peer):
        for index in range(2):
            peer.emit("get-transceiver", index).set_property("direction", self.direction)
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(self.offered, None))

    def offered(self, promise, _):
        promise.wait()
        reply = promise.get_reply()
        self.peer.emit("set-local-description", reply.get_value("offer"), Gst.Promise.new())

    def gathered(self, peer, _):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            say(offer=peer.get_property("local-description").sdp.as_text())

    def answered(self, text):
        _, sdp = GstSdp.SDPMessage.new_from_text(text)
        answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
        self.peer.emit("set-remote-description", answer, Gst.Promise.new())

    def decode(self, _, pad):
        if pad.get_direction() != Gst.PadDirection.SRC:
            return
        name, elements = DECODERS[pad.get_current_caps().get_structure(0).get_string("encoding-name")]
        decoder = Gst.parse_bin_from_description(f"{elements} ! fakesink name=sink signal-handoffs=true sync=false", True)
        decoder.get_by_name("sink").connect("handoff", lambda *_: self.count(name))
        self.pipeline.add(decoder)
        decoder.sync_state_with_parent()
        pad.link(decoder.get_static_pad("sink"))

    def count(self, name):
        self.counts[name] += 1

    def read(self, channel, _):
        line = channel.readline()
        if line == "":
            self.loop.quit()
            return False
        self.answered(json.loads(line)["answer"])
        return True


def main(mode, *arguments):
    Gst.init(None)
    if mode == "probe":
        return 0 if all(Gst.ElementFactory.find(name) for name in ELEMENTS) else 1
    loop = GLib.MainLoop()
    peer = Peer(loop)
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_IN | GLib.IO_HUP, peer.read)
    {"publish": peer.publish, "watch": peer.watch}[mode](*arguments)
    loop.run()
    peer.pipeline.set_state(Gst.State.NULL)
    return 0


sys.exit(main(*sys.argv[1:]))

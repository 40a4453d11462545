/**
 * Offers of programs that publish or watch by WHIP and WHEP. Those in `fixtures/` are recorded, with nothing changed but addresses. The others
 * could not be: each follows, line by line, what the program's source writes, with numbers, credentials and fingerprints of our own. Line
 * ends are put in at the end.
 */
import { readFileSync } from 'node:fs';

/**
 * Recorded of libdatachannel 0.24.5, which is the WHIP output of OBS Studio since version 30, with OBS's tracks (whip-output.cpp): Opus as 111
 * in section 0, H264 as 96 in section 1, each with its SSRC and track, nothing received.
 */
export const obsOffer = recorded('libdatachannel-publish-h264');

/**
 * Recorded of GStreamer 1.22.0's webrtcbin with the pipelines of test/support/gstreamer-peer.py. The one with H264 was not told a profile, and
 * names none.
 */
export const webrtcbinVp8Offer = recorded('gstreamer-publish-vp8');
export const webrtcbinH264Offer = recorded('gstreamer-publish-h264');
/** The same, of one that watches. */
export const webrtcbinPlayerOffer = recorded('gstreamer-watch');

const digest = Array.from({ length: 32 }, (_, index) => (index * 7 + 16).toString(16).toUpperCase()).join(':');

/**
 * An older libdatachannel, after its source: credentials and role stand at the session, too, sound comes first, and candidates are gathered before
 * the offer goes out.
 */
export const olderObsOffer = sdp(`
v=0
o=rtc 2871440531 0 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=group:LS 0 1
a=msid-semantic:WMS *
a=setup:actpass
a=ice-ufrag:kG7p
a=ice-pwd:tN2vXqYc5rDm8WbZ0sJhLe
a=ice-options:ice2,trickle
a=fingerprint:sha-256 ${digest}
m=audio 50412 UDP/TLS/RTP/SAVPF 111
c=IN IP4 192.0.2.41
a=mid:0
a=sendonly
a=ssrc:2218804411 cname:rBq3PzXw0Lk9TdYe
a=ssrc:2218804411 msid:fM1oVn7UaCj5GhSi fM1oVn7UaCj5GhSi-audio
a=msid:fM1oVn7UaCj5GhSi fM1oVn7UaCj5GhSi-audio
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;maxaveragebitrate=96000;stereo=1;sprop-stereo=1;useinbandfec=1
a=candidate:1 1 UDP 2122317823 192.0.2.41 50412 typ host
a=candidate:2 1 UDP 2122317311 2001:db8::41 50412 typ host
a=end-of-candidates
m=video 50412 UDP/TLS/RTP/SAVPF 96
c=IN IP4 192.0.2.41
a=mid:1
a=sendonly
a=ssrc:2218804412 cname:rBq3PzXw0Lk9TdYe
a=ssrc:2218804412 msid:fM1oVn7UaCj5GhSi fM1oVn7UaCj5GhSi-video
a=msid:fM1oVn7UaCj5GhSi fM1oVn7UaCj5GhSi-video
a=rtcp-mux
a=rtpmap:96 H264/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 goog-remb
a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1
`);

/**
 * GStreamer's whipclientsink (gst-plugins-rs, which Debian 12 does not have), after its source. Its offers are webrtcbin's with more in them: names of sections with a number, the second section bundle-only with port 0,
 * every codec that an encoder was found for, RED, ULPFEC and RTX with them, `OPUS` in capitals, the stream named by `a=ssrc` alone.
 */
export const whipClientSinkOffer = sdp(`
v=0
o=- 5117306628403294410 0 IN IP4 0.0.0.0
s=-
t=0 0
a=ice-options:trickle
a=group:BUNDLE video0 audio1
m=video 9 UDP/TLS/RTP/SAVPF 96 97 98 99 100 101
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:Xo2+RzHfWq1LmT0cVb9sJpYk4uNe7DgA
a=ice-pwd:Qe8rT1yUi3oPaS5dFg7hJk9lZx0cVbNm
a=rtcp-mux
a=rtcp-rsize
a=sendonly
a=rtpmap:96 VP8/90000
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 transport-cc
a=extmap:1 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=framerate:30
a=rtpmap:97 H264/90000
a=rtcp-fb:97 nack
a=rtcp-fb:97 nack pli
a=rtcp-fb:97 ccm fir
a=rtcp-fb:97 transport-cc
a=fmtp:97 packetization-mode=1;profile-level-id=42c01f;level-asymmetry-allowed=1
a=rtpmap:98 red/90000
a=rtpmap:99 ulpfec/90000
a=rtpmap:100 rtx/90000
a=fmtp:100 apt=96
a=rtpmap:101 rtx/90000
a=fmtp:101 apt=97
a=ssrc-group:FID 1710442087 3390851226
a=ssrc:1710442087 msid:user1029384756@host-5a6b7c8d webrtctransceiver0
a=ssrc:1710442087 cname:user1029384756@host-5a6b7c8d
a=ssrc:3390851226 msid:user1029384756@host-5a6b7c8d webrtctransceiver0
a=ssrc:3390851226 cname:user1029384756@host-5a6b7c8d
a=mid:video0
a=fingerprint:sha-256 ${digest}
a=rtcp-mux-only
a=candidate:1 1 UDP 2015363327 192.0.2.42 38220 typ host
a=candidate:2 1 TCP 1015021823 192.0.2.42 9 typ host tcptype active
a=end-of-candidates
m=audio 0 UDP/TLS/RTP/SAVPF 102
c=IN IP4 0.0.0.0
a=setup:actpass
a=ice-ufrag:Xo2+RzHfWq1LmT0cVb9sJpYk4uNe7DgA
a=ice-pwd:Qe8rT1yUi3oPaS5dFg7hJk9lZx0cVbNm
a=bundle-only
a=rtcp-mux
a=rtcp-rsize
a=sendonly
a=rtpmap:102 OPUS/48000/2
a=rtcp-fb:102 transport-cc
a=extmap:1 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=fmtp:102 sprop-maxcapturerate=48000;sprop-stereo=1
a=ssrc:884210377 msid:user1029384756@host-5a6b7c8d webrtctransceiver1
a=ssrc:884210377 cname:user1029384756@host-5a6b7c8d
a=mid:audio1
a=fingerprint:sha-256 ${digest}
a=rtcp-mux-only
`);

/**
 * ffmpeg 8 (`-f whip`), after the source of its muxer, which Debian's ffmpeg (5.1) does not have: credentials are eight and 32 hex digits, no candidates, no feedback, profile baseline as its muxer reads it from
 * the stream. Without `-whip_flags dtls_active` its role is passive.
 */
export function ffmpegOffer(role: 'active' | 'passive'): string {
	return sdp(`
v=0
o=FFmpeg 4489045141692799359 2 IN IP4 127.0.0.1
s=FFmpegPublishSession
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:07f3a91c
a=ice-pwd:5be0c4d2917a38f6e4d10b2c8f7a6935
a=fingerprint:sha-256 ${digest}
a=setup:${role}
a=mid:0
a=sendonly
a=msid:FFmpeg audio
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=ssrc:3571920041 cname:FFmpeg
a=ssrc:3571920041 msid:FFmpeg audio
m=video 9 UDP/TLS/RTP/SAVPF 106
c=IN IP4 0.0.0.0
a=ice-ufrag:07f3a91c
a=ice-pwd:5be0c4d2917a38f6e4d10b2c8f7a6935
a=fingerprint:sha-256 ${digest}
a=setup:${role}
a=mid:1
a=sendonly
a=msid:FFmpeg video
a=rtcp-mux
a=rtcp-rsize
a=rtpmap:106 H264/90000
a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f
a=ssrc:1180437725 cname:FFmpeg
a=ssrc:1180437725 msid:FFmpeg video
`);
}

/** The same without sound: the BUNDLE group still names the section that is not there. */
export const ffmpegVideoOnlyOffer = ffmpegOffer('active').replace(/m=audio[\s\S]*?(?=m=video)/, '');

function recorded(name: string): string {
	return readFileSync(new URL(`./fixtures/${name}.sdp`, import.meta.url), 'utf8').replaceAll('\n', '\r\n');
}

function sdp(text: string): string {
	return text.trimStart().replaceAll('\n', '\r\n');
}

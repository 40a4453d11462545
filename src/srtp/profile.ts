/** The two protection profiles that every WebRTC peer can speak. Names as in the IANA "DTLS-SRTP Protection Profiles" registry. */
export type SrtpProfile = 'AES128_CM_HMAC_SHA1_80' | 'AEAD_AES_128_GCM';

export interface SrtpProfileParameters {
	/** Value in the DTLS use_srtp extension: RFC 5764 4.1.2, RFC 7714 14.2. */
	readonly dtlsId: number;
	/** Octets of master key and of session encryption key. */
	readonly keyLength: number;
	/** Octets of master salt and of session salt. */
	readonly saltLength: number;
	/** Octets of authentication tag, on RTP and on RTCP. */
	readonly tagLength: number;
}

export const SRTP_PROFILES: Readonly<Record<SrtpProfile, SrtpProfileParameters>> = {
	AES128_CM_HMAC_SHA1_80: { dtlsId: 1, keyLength: 16, saltLength: 14, tagLength: 10 },
	AEAD_AES_128_GCM: { dtlsId: 7, keyLength: 16, saltLength: 12, tagLength: 16 },
};

/** SRTCP ends with a word of the E flag (packet is encrypted) and a 31-bit index: RFC 3711 3.4. */
export const SRTCP_INDEX_LENGTH = 4;

/** The most octets that protecting adds to a packet: a GCM tag and the SRTCP index. An output buffer needs this much slack. */
export const SRTP_MAX_OVERHEAD = 16 + SRTCP_INDEX_LENGTH;

/**
 * The longest packet, protected or not, that is taken. WebRTC keeps under the 1,500 octets of Ethernet; this bounds the
 * preallocated key stream and hash input, and a longer one is refused as malformed.
 */
export const SRTP_MAX_PACKET_LENGTH = 2048;

/** Fixed part of an RTP header: RFC 3550 5.1. */
export const RTP_FIXED_HEADER_LENGTH = 12;

/** The part of an RTCP packet that SRTCP leaves in clear: first word and sender SSRC. */
export const RTCP_CLEAR_LENGTH = 8;

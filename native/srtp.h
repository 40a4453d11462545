/* SRTP and SRTCP under session keys: RFC 3711 and RFC 7714. Knows bytes, not streams, as src/srtp/transform.ts does. */
#ifndef DURESS_SRTP_H
#define DURESS_SRTP_H

#include <stddef.h>
#include <stdint.h>

#include <openssl/evp.h>

/* As in src/srtp/profile.ts. */
#define SRTP_MAX_PACKET 2048
#define SRTP_MAX_OVERHEAD 20
#define RTP_FIXED_HEADER 12
#define RTCP_CLEAR 8
#define SRTCP_INDEX 4

/* Numbers of the DTLS use_srtp extension: RFC 5764 4.1.2, RFC 7714 14.2. */
#define PROFILE_AES_CM 1
#define PROFILE_AES_GCM 7

/* Session keys as they are handed over, for RTP and then the same for RTCP. What a profile is shorter by is left unused. */
#define SRTP_KEY 16
#define SRTP_SALT 14
#define SRTP_AUTHENTICATION_KEY 20
#define SRTP_STREAM_KEYS (SRTP_KEY + SRTP_SALT + SRTP_AUTHENTICATION_KEY)

/* What an unprotect answers in place of a length when the tag does not match. */
#define SRTP_MISMATCH (-1)
/* What any of them answers when OpenSSL fails. */
#define SRTP_FAILED (-2)

/* Looked up once: a look-up costs more than a packet. */
typedef struct {
	EVP_CIPHER *gcm;
	EVP_CIPHER *ctr;
	EVP_MAC *hmac;
} srtp_algorithms;

int srtp_algorithms_load(srtp_algorithms *algorithms);
void srtp_algorithms_free(srtp_algorithms *algorithms);

/* RTP or RTCP of one direction. Its contexts live as long as the key. */
typedef struct {
	EVP_CIPHER_CTX *cipher;
	EVP_MAC_CTX *mac;
	uint8_t salt[SRTP_SALT];
} srtp_stream;

typedef struct {
	int profile;
	size_t tag_length;
	srtp_stream rtp;
	srtp_stream rtcp;
} srtp_context;

/* `keys`: SRTP_STREAM_KEYS octets twice. Returns 0 when the profile is unknown or OpenSSL fails; free it then too. */
int srtp_open(srtp_context *context, const srtp_algorithms *algorithms, int profile, const uint8_t *keys);
void srtp_free(srtp_context *context);

/*
 * Each answers a length, SRTP_MISMATCH or SRTP_FAILED. Callers have checked that
 * - an RTP header has RTP_FIXED_HEADER octets at least, and an RTCP packet RTCP_CLEAR;
 * - a protected packet is long enough for header, tag and index;
 * - `out` has room for the result and lies elsewhere than the input.
 */

/* `out` holds the header already; the payload comes from elsewhere, so that one serves many destinations. */
int srtp_protect_rtp(srtp_context *context, uint8_t *out, size_t header, const uint8_t *payload, size_t length, uint32_t rollover);
int srtp_unprotect_rtp(srtp_context *context, const uint8_t *packet, size_t header, size_t length, uint32_t rollover, uint8_t *out);
int srtp_protect_rtcp(srtp_context *context, const uint8_t *packet, size_t length, uint32_t index, uint8_t *out);
int srtp_unprotect_rtcp(srtp_context *context, const uint8_t *packet, size_t length, uint32_t index, uint8_t *out);

#endif

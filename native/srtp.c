#include "srtp.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/err.h>

#define GCM_TAG 16
#define GCM_NONCE 12
#define CM_TAG 10
#define COUNTER_BLOCK 16
#define SHA1_DIGEST 20
#define E_FLAG 0x80000000u

int srtp_algorithms_load(srtp_algorithms *algorithms) {
	algorithms->gcm = EVP_CIPHER_fetch(NULL, "AES-128-GCM", NULL);
	algorithms->ctr = EVP_CIPHER_fetch(NULL, "AES-128-CTR", NULL);
	algorithms->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	return algorithms->gcm != NULL && algorithms->ctr != NULL && algorithms->hmac != NULL;
}

void srtp_algorithms_free(srtp_algorithms *algorithms) {
	EVP_CIPHER_free(algorithms->gcm);
	EVP_CIPHER_free(algorithms->ctr);
	EVP_MAC_free(algorithms->hmac);
}

static int open_mac(srtp_stream *stream, EVP_MAC *hmac, const uint8_t *key) {
	OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA1", 0), OSSL_PARAM_construct_end()};
	stream->mac = EVP_MAC_CTX_new(hmac);
	return stream->mac != NULL && EVP_MAC_init(stream->mac, key, SRTP_AUTHENTICATION_KEY, parameters) == 1;
}

static int open_stream(srtp_stream *stream, const srtp_algorithms *algorithms, int profile, const uint8_t *keys) {
	memcpy(stream->salt, keys + SRTP_KEY, SRTP_SALT);
	stream->cipher = EVP_CIPHER_CTX_new();
	if (stream->cipher == NULL) return 0;
	if (profile == PROFILE_AES_GCM) return EVP_EncryptInit_ex2(stream->cipher, algorithms->gcm, keys, NULL, NULL) == 1;
	return EVP_EncryptInit_ex2(stream->cipher, algorithms->ctr, keys, NULL, NULL) == 1 &&
	       open_mac(stream, algorithms->hmac, keys + SRTP_KEY + SRTP_SALT);
}

int srtp_open(srtp_context *context, const srtp_algorithms *algorithms, int profile, const uint8_t *keys) {
	memset(context, 0, sizeof *context);
	if (profile != PROFILE_AES_CM && profile != PROFILE_AES_GCM) return 0;
	context->profile = profile;
	context->tag_length = profile == PROFILE_AES_GCM ? GCM_TAG : CM_TAG;
	return open_stream(&context->rtp, algorithms, profile, keys) && open_stream(&context->rtcp, algorithms, profile, keys + SRTP_STREAM_KEYS);
}

static void free_stream(srtp_stream *stream) {
	EVP_CIPHER_CTX_free(stream->cipher);
	EVP_MAC_CTX_free(stream->mac);
}

void srtp_free(srtp_context *context) {
	free_stream(&context->rtp);
	free_stream(&context->rtcp);
	OPENSSL_cleanse(context, sizeof *context);
}

static void write_word(uint8_t *at, uint32_t word) {
	at[0] = (uint8_t)(word >> 24);
	at[1] = (uint8_t)(word >> 16);
	at[2] = (uint8_t)(word >> 8);
	at[3] = (uint8_t)word;
}

/*
 * Salt XOR (SSRC, 48-bit packet index), the SSRC at `offset`: after two octets in a GCM nonce (RFC 7714 8.1 and 9.1), after four in a
 * counter block (RFC 3711 4.1.1). An SRTCP index fills the lower 31 of the 48 bits.
 */
static void mix(const srtp_stream *stream, size_t offset, const uint8_t *ssrc, uint32_t index_high, uint32_t index_low, uint8_t *out) {
	uint8_t index[6];
	write_word(index, index_high);
	index[4] = (uint8_t)(index_low >> 8);
	index[5] = (uint8_t)index_low;
	memcpy(out, stream->salt, offset + 10);
	for (size_t i = 0; i < 4; i++) out[offset + i] ^= ssrc[i];
	for (size_t i = 0; i < 6; i++) out[offset + 4 + i] ^= index[i];
}

static void gcm_nonce(const srtp_stream *stream, const uint8_t *ssrc, uint32_t index_high, uint32_t index_low, uint8_t *nonce) {
	mix(stream, 2, ssrc, index_high, index_low, nonce);
}

static int gcm_seal(srtp_stream *stream, const uint8_t *nonce, const uint8_t *associated, size_t associated_length, const uint8_t *text,
                    size_t length, uint8_t *out, uint8_t *tag) {
	int written;
	return EVP_EncryptInit_ex2(stream->cipher, NULL, NULL, nonce, NULL) == 1 &&
	       EVP_EncryptUpdate(stream->cipher, NULL, &written, associated, (int)associated_length) == 1 &&
	       EVP_EncryptUpdate(stream->cipher, out, &written, text, (int)length) == 1 &&
	       EVP_EncryptFinal_ex(stream->cipher, tag, &written) == 1 &&
	       EVP_CIPHER_CTX_ctrl(stream->cipher, EVP_CTRL_AEAD_GET_TAG, GCM_TAG, tag) == 1;
}

/* `out` holds nothing of worth unless the tag matches. */
static int gcm_open(srtp_stream *stream, const uint8_t *nonce, const uint8_t *associated, size_t associated_length, const uint8_t *text,
                    size_t length, uint8_t *out, const uint8_t *tag) {
	int written;
	uint8_t expected[GCM_TAG];
	memcpy(expected, tag, GCM_TAG);
	if (EVP_DecryptInit_ex2(stream->cipher, NULL, NULL, nonce, NULL) != 1 ||
	    EVP_CIPHER_CTX_ctrl(stream->cipher, EVP_CTRL_AEAD_SET_TAG, GCM_TAG, expected) != 1 ||
	    EVP_DecryptUpdate(stream->cipher, NULL, &written, associated, (int)associated_length) != 1 ||
	    EVP_DecryptUpdate(stream->cipher, out, &written, text, (int)length) != 1)
		return SRTP_FAILED;
	if (EVP_DecryptFinal_ex(stream->cipher, expected, &written) == 1) return 0;
	/* Node's own calls would find it there. */
	ERR_clear_error();
	return SRTP_MISMATCH;
}

static int counter_mode(srtp_stream *stream, const uint8_t *ssrc, uint32_t index_high, uint32_t index_low, const uint8_t *text,
                        size_t length, uint8_t *out) {
	uint8_t block[COUNTER_BLOCK] = {0};
	int written;
	mix(stream, 4, ssrc, index_high, index_low, block);
	return EVP_EncryptInit_ex2(stream->cipher, NULL, NULL, block, NULL) == 1 &&
	       EVP_EncryptUpdate(stream->cipher, out, &written, text, (int)length) == 1;
}

/* The code of the bytes and, for RTP, of the roll-over counter that the packet does not carry: RFC 3711 4.2. */
static int authentication_code(srtp_stream *stream, const uint8_t *bytes, size_t length, const uint8_t *rollover, uint8_t *digest) {
	size_t written;
	return EVP_MAC_init(stream->mac, NULL, 0, NULL) == 1 && EVP_MAC_update(stream->mac, bytes, length) == 1 &&
	       (rollover == NULL || EVP_MAC_update(stream->mac, rollover, 4) == 1) &&
	       EVP_MAC_final(stream->mac, digest, &written, SHA1_DIGEST) == 1;
}

static uint32_t sequence_of(const uint8_t *rtp) {
	return (uint32_t)rtp[2] << 8 | rtp[3];
}

int srtp_protect_rtp(srtp_context *context, uint8_t *out, size_t header, const uint8_t *payload, size_t length, uint32_t rollover) {
	srtp_stream *stream = &context->rtp;
	uint8_t *tag = out + header + length;
	if (context->profile == PROFILE_AES_GCM) {
		uint8_t nonce[GCM_NONCE];
		gcm_nonce(stream, out + 8, rollover, sequence_of(out), nonce);
		return gcm_seal(stream, nonce, out, header, payload, length, out + header, tag) ? (int)(header + length + GCM_TAG) : SRTP_FAILED;
	}
	uint8_t word[4];
	uint8_t digest[SHA1_DIGEST];
	write_word(word, rollover);
	if (!counter_mode(stream, out + 8, rollover, sequence_of(out), payload, length, out + header) ||
	    !authentication_code(stream, out, header + length, word, digest))
		return SRTP_FAILED;
	memcpy(tag, digest, CM_TAG);
	return (int)(header + length + CM_TAG);
}

int srtp_unprotect_rtp(srtp_context *context, const uint8_t *packet, size_t header, size_t length, uint32_t rollover, uint8_t *out) {
	srtp_stream *stream = &context->rtp;
	size_t plain = length - context->tag_length;
	if (context->profile == PROFILE_AES_GCM) {
		uint8_t nonce[GCM_NONCE];
		gcm_nonce(stream, packet + 8, rollover, sequence_of(packet), nonce);
		int opened = gcm_open(stream, nonce, packet, header, packet + header, plain - header, out + header, packet + plain);
		if (opened < 0) return opened;
	} else {
		uint8_t word[4];
		uint8_t digest[SHA1_DIGEST];
		write_word(word, rollover);
		if (!authentication_code(stream, packet, plain, word, digest)) return SRTP_FAILED;
		if (CRYPTO_memcmp(digest, packet + plain, CM_TAG) != 0) return SRTP_MISMATCH;
		if (!counter_mode(stream, packet + 8, rollover, sequence_of(packet), packet + header, plain - header, out + header)) return SRTP_FAILED;
	}
	memcpy(out, packet, header);
	return (int)plain;
}

int srtp_protect_rtcp(srtp_context *context, const uint8_t *packet, size_t length, uint32_t index, uint8_t *out) {
	srtp_stream *stream = &context->rtcp;
	uint8_t word[SRTCP_INDEX];
	write_word(word, index | E_FLAG);
	memcpy(out, packet, RTCP_CLEAR);
	if (context->profile == PROFILE_AES_GCM) {
		uint8_t nonce[GCM_NONCE];
		uint8_t associated[RTCP_CLEAR + SRTCP_INDEX];
		memcpy(associated, packet, RTCP_CLEAR);
		memcpy(associated + RTCP_CLEAR, word, SRTCP_INDEX);
		gcm_nonce(stream, packet + 4, index >> 16, index & 0xffff, nonce);
		if (!gcm_seal(stream, nonce, associated, sizeof associated, packet + RTCP_CLEAR, length - RTCP_CLEAR, out + RTCP_CLEAR, out + length))
			return SRTP_FAILED;
		memcpy(out + length + GCM_TAG, word, SRTCP_INDEX);
		return (int)(length + GCM_TAG + SRTCP_INDEX);
	}
	uint8_t digest[SHA1_DIGEST];
	if (!counter_mode(stream, packet + 4, index >> 16, index & 0xffff, packet + RTCP_CLEAR, length - RTCP_CLEAR, out + RTCP_CLEAR))
		return SRTP_FAILED;
	memcpy(out + length, word, SRTCP_INDEX);
	if (!authentication_code(stream, out, length + SRTCP_INDEX, NULL, digest)) return SRTP_FAILED;
	memcpy(out + length + SRTCP_INDEX, digest, CM_TAG);
	return (int)(length + SRTCP_INDEX + CM_TAG);
}

int srtp_unprotect_rtcp(srtp_context *context, const uint8_t *packet, size_t length, uint32_t index, uint8_t *out) {
	srtp_stream *stream = &context->rtcp;
	size_t plain = length - context->tag_length - SRTCP_INDEX;
	if (context->profile == PROFILE_AES_GCM) {
		uint8_t nonce[GCM_NONCE];
		uint8_t associated[RTCP_CLEAR + SRTCP_INDEX];
		memcpy(associated, packet, RTCP_CLEAR);
		write_word(associated + RTCP_CLEAR, index | E_FLAG);
		gcm_nonce(stream, packet + 4, index >> 16, index & 0xffff, nonce);
		int opened = gcm_open(stream, nonce, associated, sizeof associated, packet + RTCP_CLEAR, plain - RTCP_CLEAR, out + RTCP_CLEAR, packet + plain);
		if (opened < 0) return opened;
	} else {
		uint8_t digest[SHA1_DIGEST];
		if (!authentication_code(stream, packet, plain + SRTCP_INDEX, NULL, digest)) return SRTP_FAILED;
		if (CRYPTO_memcmp(digest, packet + plain + SRTCP_INDEX, CM_TAG) != 0) return SRTP_MISMATCH;
		if (!counter_mode(stream, packet + 4, index >> 16, index & 0xffff, packet + RTCP_CLEAR, plain - RTCP_CLEAR, out + RTCP_CLEAR))
			return SRTP_FAILED;
	}
	memcpy(out, packet, RTCP_CLEAR);
	return (int)plain;
}

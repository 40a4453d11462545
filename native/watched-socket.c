#include "watched-socket.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Datagrams handed over in one go before timers and others have their turn: four batches of 64 are about a millisecond of work. */
#define MAX_BATCHES 4

/*
 * Waking up for one datagram costs several times what the datagram itself does. So when a second one comes within this time, the socket is
 * not watched but looked at once in this time, until less than two datagrams come between two looks.
 */
#define FETCH_INTERVAL_MS 1

static void on_events(uv_poll_t *poll, int status, int events);

static void watch(watched_socket *watched) {
	int events = (watched->listener != NULL && !watched->fetching ? UV_READABLE : 0) | (watched->udp.waiting_count > 0 ? UV_WRITABLE : 0);
	if (watched->closing || events == watched->watched_events) return;
	watched->watched_events = events;
	if (events == 0) (void)uv_poll_stop(&watched->poll);
	else (void)uv_poll_start(&watched->poll, events, on_events);
}

/* Sends what lies in the environment's batch. */
static void flush(environment *own) {
	watched_socket *sender = own->sender;
	if (sender == NULL) return;
	own->sender = NULL;
	fan_out_flush(&own->outgoing);
	watch(sender);
}

/* An exception of the listener is the process's, as it is for an event emitter. */
static bool call_listener(watched_socket *watched, uint32_t count) {
	napi_value global, listener, argument, error;
	napi_env env = watched->env;
	if (napi_get_global(env, &global) != napi_ok || napi_get_reference_value(env, watched->listener, &listener) != napi_ok ||
	    napi_create_uint32(env, count, &argument) != napi_ok)
		return false;
	watched->environment->receiving = true;
	napi_status status = napi_make_callback(env, watched->context, global, listener, 1, &argument, NULL);
	watched->environment->receiving = false;
	flush(watched->environment);
	if (status == napi_pending_exception && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
		(void)napi_fatal_exception(env, error);
		return true;
	}
	return status == napi_ok;
}

/* NULL when JavaScript has taken the memory away (by transferring it). */
static void *buffer_of(napi_env env, napi_ref reference, size_t wanted) {
	napi_value value;
	void *data;
	size_t length;
	if (napi_get_reference_value(env, reference, &value) != napi_ok || value == NULL) return NULL;
	return napi_get_arraybuffer_info(env, value, &data, &length) == napi_ok && length >= wanted ? data : NULL;
}

static void describe(const struct mmsghdr *message, const udp_address *from, uint32_t *words) {
	memset(words, 0, RECEIVED_WORDS * sizeof *words);
	/* What did not fit is no packet of ours: it is handed over as empty, and dropped as such. */
	words[0] = message->msg_hdr.msg_flags & MSG_TRUNC ? 0 : message->msg_len;
	if (from->any.sa_family == AF_INET6) {
		words[1] = ntohs(from->ipv6.sin6_port);
		words[2] = 6;
		words[3] = from->ipv6.sin6_scope_id;
		memcpy(words + 4, &from->ipv6.sin6_addr, sizeof from->ipv6.sin6_addr);
	} else {
		words[1] = ntohs(from->ipv4.sin_port);
		words[2] = 4;
		memcpy(words + 4, &from->ipv4.sin_addr, sizeof from->ipv4.sin_addr);
	}
}

/* How many datagrams were received; less than UDP_BATCH when no more are there. */
static unsigned receive(watched_socket *watched) {
	struct mmsghdr messages[UDP_BATCH];
	struct iovec vectors[UDP_BATCH];
	udp_address addresses[UDP_BATCH];
	const environment *own = watched->environment;
	uint8_t *bytes = buffer_of(watched->env, own->received_bytes, UDP_BATCH * UDP_MAX_DATAGRAM);
	uint32_t *words = buffer_of(watched->env, own->received_words, UDP_BATCH * RECEIVED_WORDS * sizeof *words);
	if (bytes == NULL || words == NULL) {
		/* Nothing can be received any more. */
		(void)napi_delete_reference(watched->env, watched->listener);
		watched->listener = NULL;
		return 0;
	}
	memset(messages, 0, sizeof messages);
	for (unsigned at = 0; at < UDP_BATCH; at++) {
		vectors[at] = (struct iovec){bytes + (size_t)at * UDP_MAX_DATAGRAM, UDP_MAX_DATAGRAM};
		messages[at].msg_hdr.msg_iov = &vectors[at];
		messages[at].msg_hdr.msg_iovlen = 1;
		messages[at].msg_hdr.msg_name = &addresses[at];
		messages[at].msg_hdr.msg_namelen = sizeof addresses[at];
	}
	int count = recvmmsg(watched->udp.fd, messages, UDP_BATCH, 0, NULL);
	if (count <= 0) return 0;
	for (int at = 0; at < count; at++) describe(&messages[at], &addresses[at], words + at * RECEIVED_WORDS);
	return call_listener(watched, (uint32_t)count) ? (unsigned)count : 0;
}

/* How many datagrams were received. */
static unsigned receive_batches(watched_socket *watched) {
	unsigned total = 0;
	for (int batch = 0; batch < MAX_BATCHES && !watched->closing && watched->listener != NULL; batch++) {
		napi_handle_scope scope;
		if (napi_open_handle_scope(watched->env, &scope) != napi_ok) break;
		unsigned count = receive(watched);
		(void)napi_close_handle_scope(watched->env, scope);
		total += count;
		if (count < UDP_BATCH) break;
	}
	return total;
}

static void on_timer(uv_timer_t *timer) {
	watched_socket *watched = timer->data;
	if (receive_batches(watched) >= 2 || watched->closing) return;
	watched->fetching = false;
	(void)uv_timer_stop(timer);
	watch(watched);
}

static void receive_watched(watched_socket *watched) {
	uint64_t now_ms = uv_now(watched->poll.loop);
	bool soon = now_ms - watched->last_wake_ms < FETCH_INTERVAL_MS;
	watched->last_wake_ms = now_ms;
	(void)receive_batches(watched);
	if (!soon || watched->closing) return;
	watched->fetching = uv_timer_start(&watched->timer, on_timer, FETCH_INTERVAL_MS, FETCH_INTERVAL_MS) == 0;
}

static void on_events(uv_poll_t *poll, int status, int events) {
	watched_socket *watched = poll->data;
	if (status < 0) {
		/* libuv has stopped watching for an error that lies on the socket, not on what is received: it is taken off and forgotten. */
		int error;
		socklen_t length = sizeof error;
		(void)getsockopt(watched->udp.fd, SOL_SOCKET, SO_ERROR, &error, &length);
		watched->watched_events = 0;
		events = UV_READABLE | UV_WRITABLE;
	}
	if ((events & UV_WRITABLE) != 0) udp_flush(&watched->udp);
	if ((events & UV_READABLE) != 0 && watched->listener != NULL && !watched->fetching) receive_watched(watched);
	watch(watched);
}

static void on_closed(uv_handle_t *handle) {
	watched_socket *watched = handle->data;
	if (--watched->open_handles > 0) return;
	napi_async_cleanup_hook_handle cleanup = watched->cleanup;
	/* Not before: the socket may have been closed by its own listener. */
	if (watched->listener != NULL) (void)napi_delete_reference(watched->env, watched->listener);
	if (watched->context != NULL) (void)napi_async_destroy(watched->env, watched->context);
	free(watched);
	/* The last thing of all: the environment may go with it. */
	if (cleanup != NULL) (void)napi_remove_async_cleanup_hook(cleanup);
}

static void on_environment_end(napi_async_cleanup_hook_handle cleanup, void *data) {
	(void)cleanup;
	watched_close(data);
}

static int open_watch(watched_socket *watched) {
	uv_loop_t *loop;
	if (napi_get_uv_event_loop(watched->env, &loop) != napi_ok) return -EINVAL;
	int error = uv_poll_init(loop, &watched->poll, watched->udp.fd);
	if (error == 0) (void)uv_timer_init(loop, &watched->timer);
	watched->poll.data = watched;
	watched->timer.data = watched;
	watched->open_handles = 2;
	return error;
}

uint32_t watched_open(napi_env env, environment *environment, const udp_address *address, int buffer, int *error) {
	watched_socket *watched = calloc(1, sizeof *watched);
	if (watched == NULL) {
		*error = -ENOMEM;
		return NO_HANDLE;
	}
	watched->env = env;
	watched->environment = environment;
	*error = udp_open(&watched->udp, address, buffer);
	if (*error == 0) *error = open_watch(watched);
	if (*error != 0) {
		udp_close(&watched->udp);
		free(watched);
		return NO_HANDLE;
	}
	watched->handle = handle_add(&environment->handles, HANDLE_SOCKET, watched);
	if (watched->handle != NO_HANDLE && napi_add_async_cleanup_hook(env, on_environment_end, watched, &watched->cleanup) == napi_ok)
		return watched->handle;
	*error = -ENOMEM;
	watched_close(watched);
	return NO_HANDLE;
}

bool watched_listen(watched_socket *watched, napi_value listener) {
	napi_value name;
	napi_env env = watched->env;
	if (watched->listener != NULL) return false;
	if (napi_create_string_utf8(env, "duress-media", NAPI_AUTO_LENGTH, &name) != napi_ok ||
	    napi_async_init(env, NULL, name, &watched->context) != napi_ok ||
	    napi_create_reference(env, listener, 1, &watched->listener) != napi_ok)
		return false;
	watch(watched);
	return true;
}

void watched_send(watched_socket *watched, struct mmsghdr *message) {
	flush(watched->environment);
	udp_send(&watched->udp, message, 1);
	watch(watched);
}

void watched_forward(watched_socket *watched, const uint8_t *packet, size_t length, const uint32_t *rows, size_t count) {
	environment *own = watched->environment;
	if (own->sender != watched) flush(own);
	own->sender = watched;
	fan_out_forward(&own->outgoing, &watched->udp, &own->handles, packet, length, rows, count);
	if (!own->receiving) flush(own);
}

void watched_close(watched_socket *watched) {
	if (watched->closing) return;
	if (watched->environment->sender == watched) flush(watched->environment);
	watched->closing = true;
	(void)handle_remove(&watched->environment->handles, HANDLE_SOCKET, watched->handle);
	uv_close((uv_handle_t *)&watched->poll, on_closed);
	uv_close((uv_handle_t *)&watched->timer, on_closed);
	udp_close(&watched->udp);
}

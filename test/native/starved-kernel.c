/*
 * Stands before the C library's sendmmsg, as a kernel whose send buffer is small: it takes up to 40 datagrams, then none once, and so on; and
 * it is interrupted now and then. The datagrams that it takes are really sent.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <sys/socket.h>

#define TAKEN_AT_ONCE 40

int sendmmsg(int fd, struct mmsghdr *messages, unsigned count, int flags) {
	static unsigned calls;
	static unsigned room = TAKEN_AT_ONCE;
	int (*real)(int, struct mmsghdr *, unsigned, int) = dlsym(RTLD_NEXT, "sendmmsg");
	if (++calls % 7 == 0) {
		errno = EINTR;
		return -1;
	}
	if (room == 0) {
		room = TAKEN_AT_ONCE;
		errno = EAGAIN;
		return -1;
	}
	int sent = real(fd, messages, count < room ? count : room, flags);
	if (sent > 0) room -= (unsigned)sent;
	return sent;
}

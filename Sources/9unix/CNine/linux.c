#define _GNU_SOURCE
#include "CNine.h"

#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/syscall.h>

/* Descriptors in one control message; a message with more than Linux allows is not sent. */
enum { FDS_MAX = 253 };

int
cnine_lock(int fd, int writes)
{
	struct flock lock;

	memset(&lock, 0, sizeof lock);
	lock.l_type = writes ? F_WRLCK : F_RDLCK;
	lock.l_whence = SEEK_SET;
#ifdef F_OFD_SETLK
	return fcntl(fd, F_OFD_SETLK, &lock);
#else
	return fcntl(fd, F_SETLK, &lock);
#endif
}

int
cnine_accept(int fd, struct sockaddr *address, socklen_t *size)
{
	return accept4(fd, address, size, SOCK_CLOEXEC);
}

ssize_t
cnine_send_fds(int socket, const void *bytes, size_t size, const int *fds, int count)
{
	union {
		char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { .iov_base = (void *)bytes, .iov_len = size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;

	if (count < 0 || count > FDS_MAX) {
		errno = EINVAL;
		return -1;
	}
	if (count > 0) {
		memset(&control, 0, sizeof control);
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		header = CMSG_FIRSTHDR(&message);
		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(header), fds, count * sizeof(int));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL);
}

ssize_t
cnine_recv_fds(int socket, void *bytes, size_t size, int *fds, int room, int *count)
{
	union {
		char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec part = { .iov_base = bytes, .iov_len = size };
	struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
	struct cmsghdr *header;
	ssize_t received;
	size_t index, found;
	int fd;

	*count = 0;
	message.msg_control = control.bytes;
	message.msg_controllen = sizeof control.bytes;
	received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
	if (received == -1)
		return -1;
	for (header = CMSG_FIRSTHDR(&message); header != NULL;
	    header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
			continue;
		found = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (index = 0; index < found; index++) {
			memcpy(&fd, CMSG_DATA(header) + index * sizeof(int), sizeof fd);
			if (*count < room)
				fds[(*count)++] = fd;
			else
				close(fd);
		}
	}
	return received;
}

int
cnine_pidfd_open(int pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int
cnine_waitid(int type, int id, siginfo_t *info, int options, struct rusage *usage)
{
	memset(info, 0, sizeof *info);
	return (int)syscall(SYS_waitid, type, id, info, options, usage);
}

ssize_t
cnine_getdents(int fd, void *buffer, size_t size)
{
	return syscall(SYS_getdents64, fd, buffer, size);
}

int
cnine_rename_new(const char *from, const char *to)
{
	return (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 1 /* RENAME_NOREPLACE */);
}

int
cnine_user_name(unsigned id, char *name, size_t size)
{
	struct passwd entry, *found;
	char text[4096];
	int code;

	code = getpwuid_r(id, &entry, text, sizeof text, &found);
	if (code != 0 || found == NULL || strlen(entry.pw_name) >= size)
		return 0;
	strcpy(name, entry.pw_name);
	return 1;
}

int
cnine_group_name(unsigned id, char *name, size_t size)
{
	struct group entry, *found;
	char text[16384];
	int code;

	code = getgrgid_r(id, &entry, text, sizeof text, &found);
	if (code != 0 || found == NULL || strlen(entry.gr_name) >= size)
		return 0;
	strcpy(name, entry.gr_name);
	return 1;
}

int
cnine_group_id(const char *name, unsigned *id)
{
	struct group entry, *found;
	char text[16384];
	int code;

	code = getgrnam_r(name, &entry, text, sizeof text, &found);
	if (code != 0 || found == NULL)
		return 0;
	*id = entry.gr_gid;
	return 1;
}

int
cnine_o_direct(void)
{
#ifdef O_DIRECT
	return O_DIRECT;
#else
	return 0;
#endif
}

int
cnine_open_beneath(int directory, const char *path, int flags)
{
#ifdef SYS_openat2
	/* struct open_how and its bits, as linux/openat2.h has them. */
	struct {
		unsigned long long flags, mode, resolve;
	} how = {(unsigned long long)flags, 0, 0x08 | 0x02};

	return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
#else
	(void)directory;
	(void)path;
	(void)flags;
	errno = ENOSYS;
	return -1;
#endif
}

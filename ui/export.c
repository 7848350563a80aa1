// SPDX-License-Identifier: GPL-2.0-only
#include "../model/clock.h"
#include "export.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <microhttpd.h>

#include "../model/ended.h"
#include "../model/metrics.h"

#define CONNECTIONS    64
#define IDLE_SECONDS   10
#define MEMORY_REQUEST (16 << 10)

struct exporter {
	struct MHD_Daemon *daemon;
	int fd;
	char address[NI_MAXHOST + NI_MAXSERV + 4];
	void (*refresh)(void *context);
	void *context;

	struct metrics *metrics;
	const struct sample *sample;
	struct ended ended;
	struct snapshot totals;
	bool ready;                             /* totals and metrics are of the present sample */
	bool told;                              /* and somebody has been told of it */
	struct MHD_Response *body[EXPOSITIONS]; /* of the present sample, NULL: nobody asked yet */
};

/* --- what is told ------------------------------------------------------------------------------------------------- */

static void drop_bodies(struct exporter *e)
{
	for (int i = 0; i < EXPOSITIONS; i++) {
		if (e->body[i])
			MHD_destroy_response(e->body[i]);
		e->body[i] = NULL;
	}
}

void exporter_sample(struct exporter *e, const struct sample *s)
{
	if (e->told)
		ended_forget(&e->ended);
	/* Without memory they are told of only to whoever asks before the next sample. */
	ended_keep(&e->ended, s);
	e->sample = s;
	e->ready = e->told = false;
	drop_bodies(e);
}

static int make_ready(struct exporter *e)
{
	const struct sample *all;
	int ret;

	if (e->ready)
		return 0;
	if (!e->sample)
		return -EAGAIN;
	all = ended_merge(&e->ended, e->sample);
	ret = all ? snapshot_build_lazily(&e->totals, NULL, all, true) : -ENOMEM;
	ret = ret ? ret : metrics_set(e->metrics, &e->totals);
	e->ready = !ret;
	return ret;
}

static struct MHD_Response *exposition(struct exporter *e, enum exposition format)
{
	char *text;
	size_t len;

	if (e->refresh)
		e->refresh(e->context);
	if (e->body[format])
		return e->body[format];
	if (make_ready(e) || metrics_write(e->metrics, format, &text, &len))
		return NULL;
	e->body[format] = MHD_create_response_from_buffer(len, text, MHD_RESPMEM_MUST_FREE);
	if (!e->body[format]) {
		free(text);
		return NULL;
	}
	MHD_add_response_header(e->body[format], MHD_HTTP_HEADER_CONTENT_TYPE, metrics_content_type(format));
	MHD_add_response_header(e->body[format], MHD_HTTP_HEADER_VARY, MHD_HTTP_HEADER_ACCEPT);
	e->told = true;
	return e->body[format];
}

/* --- HTTP --------------------------------------------------------------------------------------------------------- */

static enum MHD_Result say(struct MHD_Connection *connection, unsigned int status, const char *text)
{
	struct MHD_Response *r = MHD_create_response_from_buffer(strlen(text), (void *)text, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result ret;

	if (!r)
		return MHD_NO;
	MHD_add_response_header(r, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
	if (status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(r, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	ret = MHD_queue_response(connection, status, r);
	MHD_destroy_response(r);
	return ret;
}

static enum MHD_Result answer(void *context, struct MHD_Connection *connection, const char *url, const char *method,
			      const char *version, const char *upload, size_t *upload_size, void **state)
{
	struct exporter *e = context;
	struct MHD_Response *body;
	const char *accept;

	(void)version;
	(void)upload;
	(void)upload_size;
	if (strcmp(url, "/metrics") && strcmp(url, "/"))
		return say(connection, MHD_HTTP_NOT_FOUND, "not here: see /metrics\n");
	if (strcmp(method, MHD_HTTP_METHOD_GET) && strcmp(method, MHD_HTTP_METHOD_HEAD))
		return say(connection, MHD_HTTP_METHOD_NOT_ALLOWED, "only GET and HEAD\n");
	/* An answer before the end of the request would close the connection. */
	if (!*state) {
		*state = e;
		return MHD_YES;
	}
	if (!strcmp(url, "/"))
		return say(connection, MHD_HTTP_OK, "kvmtop " KVMTOP_VERSION ": see /metrics\n");
	accept = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT);
	body = exposition(e, metrics_negotiate(accept));
	if (!body)
		return say(connection, MHD_HTTP_SERVICE_UNAVAILABLE, "no sample yet, or no memory for it\n");
	return MHD_queue_response(connection, MHD_HTTP_OK, body);
}

/* --- the server --------------------------------------------------------------------------------------------------- */

/* Takes "[ADDR:]PORT" apart; brackets go. False: it is neither. */
static bool split_address(const char *text, char *host, size_t host_size, const char **port)
{
	const char *colon = strrchr(text, ':'), *start = text, *end = colon;
	char *stop;
	unsigned long n;

	*port = colon ? colon + 1 : text;
	n = strtoul(*port, &stop, 10);
	if (**port < '0' || **port > '9' || *stop || n > 65535)
		return false;
	snprintf(host, host_size, "127.0.0.1");
	if (!colon)
		return true;
	if (*start == '[' && end > start + 1 && end[-1] == ']') {
		start++;
		end--;
	} else if (memchr(start, ':', (size_t)(end - start))) {
		return false;
	}
	if (end == start || (size_t)(end - start) >= host_size)
		return false;
	memcpy(host, start, (size_t)(end - start));
	host[end - start] = '\0';
	return true;
}

/* A listening socket: a file descriptor, or a negative errno and a line in error. */
static int listen_at(const char *text, char *error, size_t error_size)
{
	struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
	char host[256];
	const char *port;
	int fd, ret, one = 1;

	if (!split_address(text, host, sizeof(host), &port)) {
		snprintf(error, error_size, "--export %s: not a PORT, ADDRESS:PORT or [ADDRESS]:PORT", text);
		return -EINVAL;
	}
	ret = getaddrinfo(host, port, &hints, &found);
	if (ret) {
		snprintf(error, error_size, "--export %s: %s", text, gai_strerror(ret));
		return -EINVAL;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) ||
	    bind(fd, found->ai_addr, found->ai_addrlen) || listen(fd, CONNECTIONS)) {
		ret = -errno;
		snprintf(error, error_size, "cannot listen on %s: %s", text, strerror(-ret));
		if (fd >= 0)
			close(fd);
		/* Exit status 3 is about watching KVM. */
		fd = ret == -EACCES || ret == -EPERM ? -EIO : ret;
	}
	freeaddrinfo(found);
	return fd;
}

static void note_address(struct exporter *e, int fd)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	char host[NI_MAXHOST] = "?", port[NI_MAXSERV] = "?";

	if (!getsockname(fd, (struct sockaddr *)&addr, &len))
		getnameinfo((struct sockaddr *)&addr, len, host, sizeof(host), port, sizeof(port),
			    NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(e->address, sizeof(e->address), strchr(host, ':') ? "[%s]:%s" : "%s:%s", host, port);
}

struct exporter *exporter_open(const struct export_options *opts, void (*refresh)(void *context), void *context,
			       int *err, char *error, size_t error_size)
{
	struct exporter *e = calloc(1, sizeof(*e));
	const union MHD_DaemonInfo *info;
	int fd;

	*err = -ENOMEM;
	snprintf(error, error_size, "out of memory");
	if (!e)
		return NULL;
	e->refresh = refresh;
	e->context = context;
	e->metrics = metrics_new(opts->max_series ? opts->max_series : METRICS_SERIES_DEFAULT);
	if (!e->metrics)
		goto failed;
	fd = listen_at(opts->address, error, error_size);
	if (fd < 0) {
		*err = fd;
		goto failed;
	}
	note_address(e, fd);
	e->daemon =
		MHD_start_daemon(MHD_USE_EPOLL, 0, NULL, NULL, answer, e, MHD_OPTION_LISTEN_SOCKET, fd,
				 MHD_OPTION_CONNECTION_LIMIT, CONNECTIONS, MHD_OPTION_CONNECTION_TIMEOUT, IDLE_SECONDS,
				 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MEMORY_REQUEST, MHD_OPTION_END);
	info = e->daemon ? MHD_get_daemon_info(e->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
	if (!info) {
		*err = -EIO;
		snprintf(error, error_size, "the HTTP server does not start");
		if (!e->daemon)
			close(fd);
		goto failed;
	}
	e->fd = info->epoll_fd;
	*err = 0;
	error[0] = '\0';
	return e;
failed:
	exporter_close(e);
	return NULL;
}

void exporter_close(struct exporter *e)
{
	if (!e)
		return;
	drop_bodies(e);
	if (e->daemon)
		MHD_stop_daemon(e->daemon);
	metrics_free(e->metrics);
	ended_free(&e->ended);
	snapshot_free(&e->totals);
	free(e);
}

const char *exporter_address(const struct exporter *e)
{
	return e->address;
}

int exporter_fd(const struct exporter *e)
{
	return e->fd;
}

int exporter_timeout(const struct exporter *e)
{
	MHD_UNSIGNED_LONG_LONG ms;

	if (MHD_get_timeout(e->daemon, &ms) != MHD_YES)
		return -1;
	return ms > 60000 ? 60000 : (int)ms;
}

void exporter_run(struct exporter *e)
{
	MHD_run(e->daemon);
}

/* --- without a screen --------------------------------------------------------------------------------------------- */

struct headless {
	struct source *source;
	struct exporter *exporter;
	struct sample sample[2];
	int newest; /* of sample, -1: none yet */
	u32 groups;
	u64 taken_ns;
	int failed; /* what taking a sample failed with */
};

static void take(struct headless *h)
{
	int next = h->newest == 0;
	int ret;

	source_want(h->source, &(struct wants){.groups = h->groups});
	ret = source_sample(h->source, &h->sample[next]);
	h->taken_ns = clock_ns(CLOCK_MONOTONIC);
	if (!ret) {
		h->newest = next;
		exporter_sample(h->exporter, &h->sample[next]);
	} else if (ret != -ENODATA || h->newest < 0) {
		h->failed = ret;
	}
}

static void take_if_old(void *context)
{
	struct headless *h = context;

	if (clock_ns(CLOCK_MONOTONIC) - h->taken_ns >= NSEC_PER_SEC)
		take(h);
}

static int serve(struct headless *h, int timer, int signals, long iterations)
{
	struct pollfd fds[] = {
		{.fd = exporter_fd(h->exporter), .events = POLLIN},
		{.fd = timer, .events = POLLIN},
		{.fd = signals, .events = POLLIN},
	};
	struct signalfd_siginfo info;
	u64 times;

	take(h);
	while (!h->failed) {
		if (poll(fds, ARRAY_SIZE(fds), exporter_timeout(h->exporter)) < 0 && errno != EINTR)
			return -errno;
		if (fds[2].revents && read(signals, &info, sizeof(info)) == (ssize_t)sizeof(info))
			return 0;
		if (fds[1].revents && read(timer, &times, sizeof(times)) == (ssize_t)sizeof(times)) {
			take(h);
			if (iterations && !--iterations)
				return 0;
		}
		exporter_run(h->exporter);
	}
	return h->failed;
}

int export_run(struct source *source, const struct export_options *opts, double delay, long iterations, char *err,
	       size_t err_size)
{
	struct headless h = {.source = source, .newest = -1, .groups = opts->groups};
	struct itimerspec spec = {0};
	int timer, signals, ret;
	sigset_t mask, old;

	h.exporter = exporter_open(opts, take_if_old, &h, &ret, err, err_size);
	if (!h.exporter)
		return ret;
	fprintf(stderr, "kvmtop: metrics at http://%s/metrics\n", exporter_address(h.exporter));
	sigemptyset(&mask);
	sigaddset(&mask, SIGINT);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGHUP);
	sigprocmask(SIG_BLOCK, &mask, &old);
	timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	signals = signalfd(-1, &mask, SFD_NONBLOCK | SFD_CLOEXEC);
	spec.it_interval.tv_sec = (time_t)delay;
	spec.it_interval.tv_nsec = (long)((delay - (double)spec.it_interval.tv_sec) * 1e9);
	spec.it_value = spec.it_interval;
	ret = timer < 0 || signals < 0 || timerfd_settime(timer, 0, &spec, NULL) ? -errno : 0;
	if (!ret)
		ret = serve(&h, timer, signals, iterations);
	if (ret && !err[0])
		snprintf(err, err_size, "%s", source->error[0] ? source->error : strerror(-ret));
	if (timer >= 0)
		close(timer);
	if (signals >= 0)
		close(signals);
	exporter_close(h.exporter);
	sample_free(&h.sample[0]);
	sample_free(&h.sample[1]);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return ret;
}

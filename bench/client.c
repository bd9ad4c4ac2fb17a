/* client.c -- a keep-alive HTTP client that asks for one page after another and measures what the server's process spent on it.
**   client PORT PID COUNT PATH… [-H 'Name: value']…    asks COUNT times in all, PATH after PATH in turn; prints "CPU_MS WALL_MS BYTES" for one request
**   client --idle PORT COUNT SECONDS                   holds COUNT connections open that have each made one request */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char buffer[1 << 20];

static int dial(int port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    if (connect(fd, (struct sockaddr *)&a, sizeof a) != 0) {
        perror("connect");
        exit(1);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return fd;
}

/* Bytes of the body; status must be 200. */
static long ask(int fd, const char *request, size_t n)
{
    size_t got = 0;
    char *body = NULL;
    long length = -1;
    if (write(fd, request, n) != (ssize_t)n) exit(1);
    for (;;) {
        ssize_t k = read(fd, buffer + got, sizeof buffer - 1 - got);
        if (k <= 0) {
            fprintf(stderr, "client: the connection was closed\n");
            exit(1);
        }
        got += (size_t)k;
        buffer[got] = 0;
        if (!body && (body = strstr(buffer, "\r\n\r\n")) != NULL) {
            char *line = strcasestr(buffer, "\r\nContent-Length:");
            if (strncmp(buffer, "HTTP/1.1 200", 12) != 0 || !line) {
                fprintf(stderr, "client: %.300s\n", buffer);
                exit(1);
            }
            length = strtol(line + 17, NULL, 10);
            body += 4;
        }
        if (body && (long)(got - (size_t)(body - buffer)) >= length) return length;
    }
}

/* Nanoseconds that the process has run: finer than /proc/PID/stat, whose unit is a hundredth of a second. */
static double cpu_ms(int pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0) exit(1);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static double wall_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int idle(char **argv)
{
    int port = atoi(argv[2]), count = atoi(argv[3]);
    struct rlimit r = {(rlim_t)count + 64, (rlim_t)count + 64};
    static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
    setrlimit(RLIMIT_NOFILE, &r);
    for (int i = 0; i < count; i++) ask(dial(port), request, sizeof request - 1);
    puts("held");
    fflush(stdout);
    sleep((unsigned)atoi(argv[4]));
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--idle") == 0) return idle(argv);
    if (argc < 5) return 2;
    int port = atoi(argv[1]), pid = atoi(argv[2]), count = atoi(argv[3]), paths = 0;
    char headers[4096] = "", **request = calloc((size_t)argc, sizeof *request);
    for (int i = 4; i < argc; i++)
        if (strcmp(argv[i], "-H") == 0) {
            size_t n = strlen(headers);
            snprintf(headers + n, sizeof headers - n, "%s\r\n", argv[++i]);
        }
    for (int i = 4; i < argc; i++) {
        if (strcmp(argv[i], "-H") == 0) {
            i++;
            continue;
        }
        if (asprintf(&request[paths++], "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", argv[i], headers) < 0) return 1;
    }
    int fd = dial(port);
    long bytes = 0;
    for (int i = 0; i < paths || i < 200; i++) ask(fd, request[i % paths], strlen(request[i % paths])); /* warm */
    double cpu = cpu_ms(pid), wall = wall_ms();
    for (int i = 0; i < count; i++) bytes += ask(fd, request[i % paths], strlen(request[i % paths]));
    printf("%.5f %.5f %ld\n", (cpu_ms(pid) - cpu) / count, (wall_ms() - wall) / count, bytes / count);
    return 0;
}

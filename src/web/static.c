/* static.c -- files embedded in the binary: immutable, compressed once at start, with ETags. */
#include <brotli/encode.h>
#include <zlib.h>

#include "base/embed.h"
#include "web/private.h"

extern const struct embedded static_files[];
extern const int static_files_count;

enum { STATIC_MAX = 64 };

struct static_file {
    struct MHD_Response *plain, *gzip, *brotli, *unchanged;
    char etag[24];
};
static struct static_file file[STATIC_MAX];

static struct MHD_Response *with_headers(struct MHD_Response *r, const struct embedded *e, const char *etag, const char *encoding)
{
    if (!r) return NULL;
    MHD_add_response_header(r, "Content-Type", e->mime);
    MHD_add_response_header(r, "ETag", etag);
    MHD_add_response_header(r, "Cache-Control", "public, max-age=3600, stale-while-revalidate=86400");
    MHD_add_response_header(r, "Vary", "Accept-Encoding");
    MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(r, "Content-Security-Policy", "default-src 'none'; style-src 'self'");
    if (encoding) MHD_add_response_header(r, "Content-Encoding", encoding);
    return r;
}

static struct MHD_Response *brotli_of(const struct embedded *e)
{
    size_t size = BrotliEncoderMaxCompressedSize((size_t)e->len);
    u8 *to = mem_alloc((isize)size);
    if (!to) return NULL;
    if (!BrotliEncoderCompress(BROTLI_MAX_QUALITY, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, (size_t)e->len, (const u8 *)e->data, &size, to) ||
        (isize)size >= e->len) {
        mem_free(to);
        return NULL;
    }
    return MHD_create_response_from_buffer_with_free_callback(size, to, mem_free);
}

static struct MHD_Response *gzip_of(const struct embedded *e)
{
    z_stream z = {0};
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) return NULL;
    uLong size = deflateBound(&z, (uLong)e->len);
    u8 *to = mem_alloc((isize)size);
    bool good = false;
    if (to) {
        z.next_in = (Bytef *)(uintptr_t)e->data;
        z.avail_in = (uInt)e->len;
        z.next_out = to;
        z.avail_out = (uInt)size;
        good = deflate(&z, Z_FINISH) == Z_STREAM_END && (isize)z.total_out < e->len;
        size = z.total_out;
    }
    deflateEnd(&z);
    if (!good) {
        mem_free(to);
        return NULL;
    }
    return MHD_create_response_from_buffer_with_free_callback(size, to, mem_free);
}

void static_init(void)
{
    if (file[0].plain) return;
    ASSERT(static_files_count <= STATIC_MAX);
    for (int i = 0; i < static_files_count; i++) {
        const struct embedded *e = &static_files[i];
        struct static_file *f = &file[i];
        snprintf(f->etag, sizeof f->etag, "\"%.16s\"", e->sha256_hex);
        f->plain = with_headers(MHD_create_response_from_buffer((size_t)e->len, (void *)(uintptr_t)e->data, MHD_RESPMEM_PERSISTENT), e, f->etag, NULL);
        f->gzip = with_headers(gzip_of(e), e, f->etag, "gzip");
        f->brotli = with_headers(brotli_of(e), e, f->etag, "br");
        f->unchanged = with_headers(MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT), e, f->etag, NULL);
    }
}

static bool send_shared(struct exchange *x, struct MHD_Response *r, int status)
{
    x->shared = r;
    x->status = status;
    return true;
}

bool static_answer(struct exchange *x)
{
    if (!str_starts(x->path, S("/static/")) || x->method != GET || !x->known_method) return false;
    str name = str_slice(x->path, 8, -1);
    for (int i = 0; i < static_files_count; i++) {
        if (!file[i].plain || !str_eq(str_of(static_files[i].path), name)) continue;
        const char *match = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "If-None-Match");
        if (match && strstr(match, file[i].etag)) return send_shared(x, file[i].unchanged, 304);
        const char *accepts = MHD_lookup_connection_value(x->connection, MHD_HEADER_KIND, "Accept-Encoding");
        if (accepts && file[i].brotli && strstr(accepts, "br")) return send_shared(x, file[i].brotli, 200);
        if (accepts && file[i].gzip && strstr(accepts, "gzip")) return send_shared(x, file[i].gzip, 200);
        return send_shared(x, file[i].plain, 200);
    }
    return false;
}

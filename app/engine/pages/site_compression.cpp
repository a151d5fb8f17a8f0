#include "app/engine/pages/site_compression.h"

#include "app/engine/pages/url_text.h"

#include <brotli/encode.h>

#include <algorithm>
#include <array>
#include <memory>
#include <zlib.h>

namespace stepwell::engine::pages {

namespace {

constexpr std::uint64_t smallest = 1'024;  ///< bytes; less fits a packet anyway
constexpr std::uint64_t keptShare = 20;
/// Compressed between two looks at `stop`: some milliseconds of work.
constexpr std::size_t part = 64 * 1024;
constexpr int gzipLevel = 6;
constexpr int gzipWindow = 15 + 16;  ///< the largest, with the header of gzip
constexpr int gzipMemory = 8;
constexpr int brotliQuality = 9;
constexpr int brotliWindow = 22;
constexpr int brotliBlock = 16;  ///< log2 of `part`: what is handed over is worked off, not gathered

std::string_view takePart(std::string_view& bytes) {
    const auto piece = bytes.substr(0, part);
    bytes.remove_prefix(piece.size());
    return piece;
}

std::string gzipped(std::string_view bytes, const std::atomic<bool>& stop) {
    z_stream stream{};
    if (deflateInit2(&stream, gzipLevel, Z_DEFLATED, gzipWindow, gzipMemory, Z_DEFAULT_STRATEGY) != Z_OK)
        return {};
    std::string out(deflateBound(&stream, bytes.size()), '\0');
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    int result = Z_OK;
    while (result == Z_OK && !stop) {
        const auto piece = takePart(bytes);
        // zlib reads what it is given, and says so only in newer versions.
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
        stream.avail_in = static_cast<uInt>(piece.size());
        result = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
    }
    out.resize(result == Z_STREAM_END ? stream.total_out : 0);
    deflateEnd(&stream);
    return out;
}

std::string brotlied(std::string_view bytes, const std::atomic<bool>& stop) {
    const std::unique_ptr<BrotliEncoderState, decltype(&BrotliEncoderDestroyInstance)> state(
        BrotliEncoderCreateInstance(nullptr, nullptr, nullptr), BrotliEncoderDestroyInstance);
    if (!state) return {};
    BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_QUALITY, brotliQuality);
    BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_LGWIN, brotliWindow);
    BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_LGBLOCK, brotliBlock);
    BrotliEncoderSetParameter(state.get(), BROTLI_PARAM_SIZE_HINT, static_cast<std::uint32_t>(bytes.size()));
    std::string out;
    while (BrotliEncoderIsFinished(state.get()) == BROTLI_FALSE) {
        if (stop) return {};
        const auto piece = takePart(bytes);
        const auto* in = reinterpret_cast<const std::uint8_t*>(piece.data());
        std::size_t left = piece.size(), room = 0;
        const auto operation = bytes.empty() ? BROTLI_OPERATION_FINISH : BROTLI_OPERATION_PROCESS;
        do {
            if (BrotliEncoderCompressStream(state.get(), operation, &left, &in, &room, nullptr, nullptr) ==
                BROTLI_FALSE)
                return {};
            std::size_t given = 0;
            const auto* bytesGiven = BrotliEncoderTakeOutput(state.get(), &given);
            out.append(reinterpret_cast<const char*>(bytesGiven), given);
        } while (left > 0 || BrotliEncoderHasMoreOutput(state.get()) == BROTLI_TRUE);
    }
    return out;
}

}  // namespace

bool isCompressible(std::string_view contentType, std::uint64_t bytes) {
    if (bytes < smallest) return false;
    const auto type = lowered(trimmed(contentType.substr(0, contentType.find(';'))));
    if (type.starts_with("text/") || type.ends_with("+json") || type.ends_with("+xml")) return true;
    constexpr std::array<std::string_view, 19> others = {"application/javascript",
                                                         "application/x-javascript",
                                                         "application/ecmascript",
                                                         "application/json",
                                                         "application/xml",
                                                         "application/xml-dtd",
                                                         "application/wasm",
                                                         "application/rtf",
                                                         "application/toml",
                                                         "application/yaml",
                                                         "application/x-sh",
                                                         "application/vnd.ms-fontobject",
                                                         "application/x-font-ttf",
                                                         "font/ttf",
                                                         "font/otf",
                                                         "font/sfnt",
                                                         "image/bmp",
                                                         "image/x-icon",
                                                         "image/vnd.microsoft.icon"};
    return std::find(others.begin(), others.end(), type) != others.end();
}

bool isWorthKeeping(std::uint64_t form, std::uint64_t bytes) {
    return form < bytes - bytes / keptShare;
}

std::string compressed(std::string_view bytes, Encoding encoding, const std::atomic<bool>& stop) {
    switch (encoding) {
    case Encoding::gzip:
        return gzipped(bytes, stop);
    case Encoding::brotli:
        return brotlied(bytes, stop);
    case Encoding::identity:
        break;
    }
    return std::string(bytes);
}

}  // namespace stepwell::engine::pages

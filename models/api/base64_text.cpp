#include "models/api/base64_text.h"

#include <array>
#include <cstdint>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace stepwell::api {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The two characters of every 12 bits.
using Pair = std::array<char, 2>;
constexpr std::array<Pair, 4096> allPairs() {
    std::array<Pair, 4096> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = {alphabet[i >> 6U], alphabet[i & 63U]};
    return table;
}
constexpr std::array<Pair, 4096> pairs = allPairs();

std::uint32_t byteAt(std::string_view bytes, std::size_t at) {
    return static_cast<unsigned char>(bytes[at]);
}

void writeWholeGroups(std::string_view bytes, char* out) {
    for (std::size_t i = 0; i + 3 <= bytes.size(); i += 3, out += 4) {
        const auto group = byteAt(bytes, i) << 16U | byteAt(bytes, i + 1) << 8U | byteAt(bytes, i + 2);
        std::memcpy(out, pairs[group >> 12U].data(), 2);
        std::memcpy(out + 2, pairs[group & 0xFFFU].data(), 2);
    }
}

/// The last one or two bytes.
void writePadded(std::string_view rest, char* out) {
    const auto group = byteAt(rest, 0) << 16U | (rest.size() == 2 ? byteAt(rest, 1) << 8U : 0U);
    out[0] = alphabet[group >> 18U];
    out[1] = alphabet[group >> 12U & 63U];
    out[2] = rest.size() == 2 ? alphabet[group >> 6U & 63U] : '=';
    out[3] = '=';
}

#if defined(__x86_64__)

constexpr std::size_t stride = 24;     ///< bytes read for 32 characters written
constexpr std::size_t readAhead = 32;  ///< a load takes this much, 4 bytes before and 4 behind the stride

/// The 6-bit digits of 24 bytes, which lie in the middle of `in`: each of the 32 result bytes holds one.
__attribute__((target("avx2"))) __m256i digitsOf(__m256i in) {
    // Each 32-bit lane gets the three bytes of its group, as b a c b: both halves can then be shifted by one
    // multiplication each.
    const __m256i order = _mm256_set_epi8(10, 11, 9, 10, 7, 8, 6, 7, 4, 5, 3, 4, 1, 2, 0, 1,  //
                                          14, 15, 13, 14, 11, 12, 10, 11, 8, 9, 7, 8, 5, 6, 4, 5);
    const __m256i groups = _mm256_shuffle_epi8(in, order);
    const __m256i first = _mm256_and_si256(groups, _mm256_set1_epi32(0x0FC0FC00));
    const __m256i second = _mm256_and_si256(groups, _mm256_set1_epi32(0x003F03F0));
    return _mm256_or_si256(_mm256_mulhi_epu16(first, _mm256_set1_epi32(0x04000040)),
                           _mm256_mullo_epi16(second, _mm256_set1_epi32(0x01000010)));
}

/// Characters from digits: each range of the alphabet lies at a fixed distance from its digits.
__attribute__((target("avx2"))) __m256i charactersOf(__m256i digits) {
    // By range: 0 for a-z, 1-10 for the digits 0-9, 11 for '+', 12 for '/', 13 for A-Z.
    const __m256i distance =
        _mm256_setr_epi8('a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                         '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0,  //
                         'a' - 26, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
                         '0' - 52, '0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
    __m256i range = _mm256_subs_epu8(digits, _mm256_set1_epi8(51));
    const __m256i upper = _mm256_cmpgt_epi8(_mm256_set1_epi8(26), digits);
    range = _mm256_or_si256(range, _mm256_and_si256(upper, _mm256_set1_epi8(13)));
    return _mm256_add_epi8(digits, _mm256_shuffle_epi8(distance, range));
}

/// Returns how many bytes it has written the text of: a multiple of `stride`.
__attribute__((target("avx2"))) std::size_t writeWide(std::string_view bytes, char* out) {
    std::size_t done = 0;
    if (bytes.size() < readAhead) return 0;
    // The first load cannot begin four bytes earlier, so the first stride is left to the plain loop.
    writeWholeGroups(bytes.substr(0, stride), out);
    done = stride;
    for (; bytes.size() - done >= stride + 4; done += stride) {
        const auto* from = bytes.data() + done - 4;
        const __m256i in = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        const __m256i text = charactersOf(digitsOf(in));
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done / 3 * 4), text);
    }
    return done;
}

bool hasWide() {
    static const bool has = __builtin_cpu_supports("avx2") != 0;
    return has;
}

#else

std::size_t writeWide(std::string_view, char*) {
    return 0;
}
bool hasWide() {
    return false;
}

#endif

}  // namespace

void writeBase64(std::string_view bytes, char* out) {
    const std::size_t done = hasWide() ? writeWide(bytes, out) : 0;
    bytes.remove_prefix(done);
    out += done / 3 * 4;
    const std::size_t whole = bytes.size() / 3 * 3;
    writeWholeGroups(bytes.substr(0, whole), out);
    if (whole < bytes.size()) writePadded(bytes.substr(whole), out + whole / 3 * 4);
}

}  // namespace stepwell::api

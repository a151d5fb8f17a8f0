#include "app/engine/pages/tar_format.h"

#include <algorithm>

namespace stepwell::engine::pages {

namespace {

constexpr std::size_t block = 512;
constexpr std::size_t nameBytes = 100, sizeAt = 124, sizeBytes = 12, sumAt = 148, sumBytes = 8, kindAt = 156,
                      magicAt = 257, prefixAt = 345, prefixBytes = 155;
constexpr std::string_view magic = "ustar";
constexpr std::string_view posixMagic("ustar\0", 6);

std::string octal(std::uint64_t value, std::size_t digits) {
    std::string text(digits, '0');
    for (auto digit = text.rbegin(); digit != text.rend(); ++digit, value >>= 3U)
        *digit = static_cast<char>('0' + (value & 7U));
    return text;
}

std::optional<std::uint64_t> octalOf(std::string_view field) {
    field = field.substr(0, std::min(field.find('\0'), field.size()));
    while (field.ends_with(' '))
        field.remove_suffix(1);
    std::uint64_t value = 0;
    for (const char c : field) {
        if (c < '0' || c > '7') return std::nullopt;
        value = value << 3U | static_cast<std::uint64_t>(c - '0');
    }
    return field.empty() ? std::nullopt : std::optional(value);
}

/// The sum of a head in which the place of the sum is blank.
std::uint64_t sumOf(std::string_view head) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < head.size(); ++i)
        sum += i >= sumAt && i < sumAt + sumBytes ? ' ' : static_cast<unsigned char>(head[i]);
    return sum;
}

std::uint64_t paddingOf(std::uint64_t size) {
    return (block - size % block) % block;
}

tl::unexpected<api::Error> broken(const std::string& how) {
    return api::fail(400, api::code::badBody,
                     "The archive cannot be read: " + how +
                         ". Give the file as it was exported. Nothing was changed.");
}

std::string textIn(std::string_view field) {
    return std::string(field.substr(0, std::min(field.find('\0'), field.size())));
}

std::string nameIn(std::string_view head) {
    auto name = textIn(head.substr(0, nameBytes));
    if (head.substr(magicAt, posixMagic.size()) != posixMagic) return name;
    const auto prefix = textIn(head.substr(prefixAt, prefixBytes));
    return prefix.empty() ? name : prefix + '/' + name;
}

/// For a message: what does not print is a question mark, as is what is no ASCII.
std::string printable(std::string name) {
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
    return name;
}

/// Below the folder of the archive, and nothing else on any system.
bool staysInside(std::string_view name) {
    const auto isForeign = [](char c) { return c == '\\' || static_cast<unsigned char>(c) < ' '; };
    if (name.empty() || name.front() == '/' || std::any_of(name.begin(), name.end(), isForeign)) return false;
    for (auto rest = name;;) {
        const auto slash = rest.find('/');
        if (rest.substr(0, slash) == "..") return false;
        if (slash == std::string_view::npos) return true;
        rest.remove_prefix(slash + 1);
    }
}

/// What an entry is for, by its kind.
enum class Use { file, nothing, refused };

Use useOf(char kind) {
    if (kind == '0' || kind == '\0') return Use::file;
    // Folders, and the additions of other programs to the entry that follows.
    return std::string_view("5xgLK").find(kind) != std::string_view::npos ? Use::nothing : Use::refused;
}

}  // namespace

std::string tarHead(std::string_view name, std::uint64_t size) {
    std::string head(block, '\0');
    head.replace(0, std::min(name.size(), nameBytes), name.substr(0, nameBytes));
    head.replace(100, 7, "0000600");
    head.replace(108, 7, "0000000");
    head.replace(116, 7, "0000000");
    head.replace(sizeAt, sizeBytes - 1, octal(size, sizeBytes - 1));
    head.replace(136, 11, "00000000000");
    head[kindAt] = '0';
    head.replace(magicAt, 8, std::string_view("ustar\00000", 8));
    head.replace(sumAt, 7, octal(sumOf(head), 6) + '\0');
    head[sumAt + 7] = ' ';
    return head;
}

std::string tarPadding(std::uint64_t size) {
    return std::string(static_cast<std::size_t>(paddingOf(size)), '\0');
}

std::string tarEnd() {
    return std::string(2 * block, '\0');
}

api::Result<std::optional<TarFile>> TarReader::next() {
    for (;;) {
        if (rest() < block)
            return broken(m_name.empty() ? "it is cut off" : "it is cut off behind " + m_name);
        const auto read = m_archive.read(m_at, block);
        if (!read) return tl::unexpected(read.error());
        const auto head = *read;
        m_at += block;
        if (std::all_of(head.begin(), head.end(), [](char c) { return c == '\0'; })) return std::nullopt;
        if (head.substr(magicAt, magic.size()) != magic ||
            octalOf(head.substr(sumAt, sumBytes)) != sumOf(head))
            return broken(m_name.empty() ? "it is no tar, or damaged" : "it is damaged behind " + m_name);
        auto name = nameIn(head);
        m_name = printable(name);
        if (!staysInside(name)) return broken("the entry \"" + m_name + "\" leads out of it");
        const auto use = useOf(head[kindAt]);
        if (use == Use::refused) return broken("the entry " + m_name + " is a link or no plain file");
        const auto size = octalOf(head.substr(sizeAt, sizeBytes));
        if (!size) return broken("the entry " + m_name + " has no size");
        if (*size > rest() || *size + paddingOf(*size) > rest())
            return broken("it is cut off in the entry " + m_name);
        TarFile file{std::move(name), m_at, *size};
        m_at += *size + paddingOf(*size);
        if (use == Use::file) return file;
    }
}

}  // namespace stepwell::engine::pages

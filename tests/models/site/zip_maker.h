#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::test {

/// An entry of a zip as strangers may write it: nothing in it is checked.
struct ZipEntry {
    std::string name;  ///< bytes, in whatever character set
    std::string bytes;
    bool utf8 = false;       ///< says that the name is UTF-8
    std::uint32_t mode = 0;  ///< of Unix: 0120777 is a link; 0: a plain file
};

inline std::uint32_t crcOf(std::string_view bytes) {
    std::uint32_t crc = 0xFFFFFFFFU;
    for (const char c : bytes) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit)
            crc = crc >> 1U ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~crc;
}

/// Stored entries, byte by byte.
inline std::string makeZip(const std::vector<ZipEntry>& entries) {
    std::string zip;
    std::string directory;
    const auto put = [](std::string& out, std::uint32_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            out += static_cast<char>(value >> static_cast<unsigned>(8 * i) & 0xFFU);
    };
    const auto common = [&](std::string& out, const ZipEntry& entry) {
        const auto size = static_cast<std::uint32_t>(entry.bytes.size());
        put(out, 20, 2);
        put(out, entry.utf8 ? 0x800 : 0, 2);
        put(out, 0, 2);  // stored
        put(out, 0, 4);
        put(out, crcOf(entry.bytes), 4);
        put(out, size, 4);
        put(out, size, 4);
        put(out, static_cast<std::uint32_t>(entry.name.size()), 2);
        put(out, 0, 2);
    };
    for (const auto& entry : entries) {
        const auto offset = static_cast<std::uint32_t>(zip.size());
        zip += "PK\3\4";
        common(zip, entry);
        zip += entry.name + entry.bytes;
        directory += "PK\1\2";
        put(directory, 3 << 8 | 20, 2);  // made on Unix
        common(directory, entry);
        put(directory, 0, 2);
        put(directory, 0, 2);
        put(directory, 0, 2);
        put(directory, (entry.mode != 0 ? entry.mode : 0100644U) << 16U, 4);
        put(directory, offset, 4);
        directory += entry.name;
    }
    const auto start = static_cast<std::uint32_t>(zip.size());
    zip += directory + std::string("PK\5\6\0\0\0\0", 8);
    put(zip, static_cast<std::uint32_t>(entries.size()), 2);
    put(zip, static_cast<std::uint32_t>(entries.size()), 2);
    put(zip, static_cast<std::uint32_t>(directory.size()), 4);
    put(zip, start, 4);
    put(zip, 0, 2);
    return zip;
}

}  // namespace stepwell::test

#include "app/engine/api/form_writer.h"

#include <algorithm>

namespace stepwell::engine::rest {

namespace {

/// As form encoders write names.
std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == '"')
            text += "%22";
        else if (c == '\r')
            text += "%0D";
        else if (c == '\n')
            text += "%0A";
        else
            text += c;
    }
    return text;
}

}  // namespace

FormWriter::FormWriter(std::vector<Part> parts)
    : m_parts(std::move(parts))
    , m_boundary("----stepwell-form") {
    const auto isIn = [this](const Part& part) {
        return part.bytes.find(m_boundary) != std::string_view::npos;
    };
    // Each number is tried with the one before it in front: the boundary grows until nothing holds it.
    for (int i = 0; std::any_of(m_parts.begin(), m_parts.end(), isIn); ++i)
        m_boundary += std::to_string(i % 10);
}

std::string FormWriter::body() const {
    std::size_t size = m_boundary.size() + 8;
    for (const auto& part : m_parts)
        size +=
            m_boundary.size() + 3 * part.name.size() * 2 + part.contentType.size() + part.bytes.size() + 120;
    std::string body;
    body.reserve(size);
    for (const auto& part : m_parts) {
        const auto name = escaped(part.name);
        body.append("--").append(m_boundary).append("\r\nContent-Disposition: form-data; name=\"");
        body.append(name).append("\"");
        if (!part.contentType.empty())
            body.append("; filename=\"").append(name).append("\"\r\nContent-Type: ").append(part.contentType);
        body.append("\r\n\r\n").append(part.bytes).append("\r\n");
    }
    return body.append("--").append(m_boundary).append("--\r\n");
}

}  // namespace stepwell::engine::rest

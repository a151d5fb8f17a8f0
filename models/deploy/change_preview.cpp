#include "models/deploy/change_preview.h"

#include "models/text.h"

#include <QBuffer>
#include <QImageReader>

#include <fstream>

namespace stepwell {

namespace {

constexpr std::size_t largestText = 1024 * 1024;
constexpr int mostPixels = 1'024;
constexpr int mostMegabytes = 256;  ///< that decoding may take

api::Result<std::string> fileBytes(const std::string& disk) {
    std::ifstream source(disk, std::ios::binary);
    if (!source.is_open()) return api::fail(0, api::code::badBody, "The file cannot be read any more.");
    return std::string{std::istreambuf_iterator<char>(source), {}};
}

QImage imageOf(const std::string& bytes) {
    if (bytes.empty()) return {};
    QBuffer buffer;
    buffer.setData(bytes.data(), static_cast<int>(bytes.size()));
    buffer.open(QIODevice::ReadOnly);
    QImageReader reader(&buffer);
    QImageReader::setAllocationLimit(mostMegabytes);
    const QSize size = reader.size();
    if (size.isValid() && (size.width() > mostPixels || size.height() > mostPixels))
        reader.setScaledSize(size.scaled(mostPixels, mostPixels, Qt::KeepAspectRatio));
    return reader.read();
}

}  // namespace

api::Result<std::string> contentOf(site::SiteClient& client, const site::Content& content,
                                   const site::DeploymentName& of) {
    using Kind = site::Content::Kind;
    switch (content.kind) {
    case Kind::asset:
        return client.asset(content.name);
    case Kind::part:
        return client.part(of, content.name);
    case Kind::disk:
        return fileBytes(content.name);
    case Kind::memory:
        return *content.bytes;
    case Kind::none:
        break;
    }
    return std::string();
}

ChangePreview failedPreview(const std::string& reason) {
    ChangePreview preview;
    preview.kind = ChangePreview::Kind::failed;
    preview.reason = toQt(reason);
    return preview;
}

ChangePreview previewOf(const std::string& before, const std::string& after) {
    ChangePreview preview;
    if (isShownAsText(before) && isShownAsText(after)) {
        preview.kind = ChangePreview::Kind::text;
        preview.lines = textDifference(std::string_view(before).substr(0, largestText),
                                       std::string_view(after).substr(0, largestText));
        return preview;
    }
    preview.before = imageOf(before);
    preview.after = imageOf(after);
    if (!preview.before.isNull() || !preview.after.isNull()) preview.kind = ChangePreview::Kind::image;
    return preview;
}

ChangePreview loadPreview(site::SiteClient& client, const site::FileChange& change,
                          const ChangeSides& sides) {
    const auto before = contentOf(client, change.before, sides.before);
    if (!before) return failedPreview(before.error().message);
    const auto after = contentOf(client, change.after, sides.after);
    if (!after) return failedPreview(after.error().message);
    return previewOf(*before, *after);
}

}  // namespace stepwell

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

ChangePreview failed(const QString& reason) {
    ChangePreview preview;
    preview.kind = ChangePreview::Kind::failed;
    preview.reason = reason;
    return preview;
}

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

ChangePreview loadPreview(site::SiteClient& client, const site::FileChange& change) {
    std::string before;
    std::string after;
    if (!change.keyBefore.empty()) {
        auto bytes = client.asset(change.keyBefore);
        if (!bytes) return failed(toQt(bytes.error().message));
        before = std::move(*bytes);
    }
    if (!change.disk.empty()) {
        auto bytes = fileBytes(change.disk);
        if (!bytes) return failed(toQt(bytes.error().message));
        after = std::move(*bytes);
    }
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

}  // namespace stepwell

#pragma once

#include "models/deploy/text_difference.h"
#include "models/site/difference.h"
#include "models/site/site_client.h"

#include <QImage>

namespace stepwell {

/// One changed file, both sides, ready to be shown.
struct ChangePreview {
    enum class Kind { text, image, binary, failed } kind = Kind::binary;
    std::vector<DifferenceLine> lines;  ///< of a text
    QImage before, after;               ///< of an image; null on the side where there is none
    QString reason;                     ///< why there is no preview
};

/// The deployments whose parts a change is between; the side that is on this disk has no name.
struct ChangeSides {
    site::DeploymentName before, after;
};

/// The bytes of one side; what is there under `of` where it is a part. Blocks.
api::Result<std::string> contentOf(site::SiteClient& client, const site::Content& content,
                                   const site::DeploymentName& of);
/// Of what both sides are. Blocks on nothing, but an image takes its time.
ChangePreview previewOf(const std::string& before, const std::string& after);
ChangePreview failedPreview(const std::string& reason);

/// Reads both sides: from the backend, and from the disk. Images come at most 1,024 pixels wide and high.
/// Blocks.
ChangePreview loadPreview(site::SiteClient& client, const site::FileChange& change, const ChangeSides& sides);

}  // namespace stepwell

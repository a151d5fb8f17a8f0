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

/// Reads both sides: from the backend, and from the disk. Images come at most 1,024 pixels wide and high.
/// Blocks.
ChangePreview loadPreview(site::SiteClient& client, const site::FileChange& change, const ChangeSides& sides);

}  // namespace stepwell

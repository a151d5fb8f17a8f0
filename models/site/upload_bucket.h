#pragma once

#include "models/site/local_site.h"

#include <string>
#include <vector>

namespace stepwell::site {

/// What goes up in one request.
struct Bucket {
    std::vector<const LocalFile*> files;
    std::int64_t bytes = 0;
    int attempts = 0;
};

struct BucketLimits {
    std::int64_t bytes = std::int64_t{16} * 1024 * 1024;  ///< a larger file has a bucket of its own
    std::size_t files = 1'000;
};

/// Packs files, the largest first, so that the last requests are short. Of files with one key only the first
/// goes.
std::vector<Bucket> packBuckets(std::vector<const LocalFile*> files, const BucketLimits& limits);

/// A file that did not go up, and why.
struct FailedFile {
    std::string path;
    std::string reason;
};

/// The body of an upload: its files read, checked against their keys and written as base64. What cannot be
/// read, or is not what was hashed any more, leaves the bucket and joins `failed`. Blocks on the disk.
std::string bucketBody(Bucket& bucket, std::vector<FailedFile>& failed);

/// The manifest of a deployment: JSON of "/path" to key.
std::string manifestOf(const std::vector<const LocalFile*>& files);

}  // namespace stepwell::site

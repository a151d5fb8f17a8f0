#pragma once

#include "app/engine/http/tls_files.h"
#include "models/api/error.h"
#include "models/api/time.h"

#include <boost/asio/ssl/context.hpp>
#include <sys/stat.h>

#include <functional>
#include <memory>
#include <string>

namespace stepwell::engine::http {

/// The certificate of the server, which is read again when its files change. TLS 1.2 and later, ALPN
/// http/1.1. One thread at a time.
class Tls {
  public:
    using Context = boost::asio::ssl::context;
    /// What a person should know: `trouble` empty when the new files are in use, else why they are not.
    using Told = std::function<void(const std::string& trouble)>;

    /// Errors name the file and the remedy. A certificate that has ended is taken: the engine has more to do
    /// than to be reached.
    static api::Result<std::unique_ptr<Tls>> open(TlsFiles files);

    const std::shared_ptr<Context>& context() const { return m_context; }
    /// When the certificate ends.
    api::Time expires() const { return m_expires; }
    /// "sha256//BASE64" of its public key, as clients pin it.
    const std::string& publicKey() const { return m_publicKey; }
    /// What people should know of a key that others than its owner can read; empty when they cannot.
    std::string exposure() const;
    /// Looks at the files. New ones are read at the second look that finds them as they are, so that a pair
    /// that is being replaced is not read by halves; a pair that is no good is told of and not used.
    void look(const Told& told);

  private:
    struct Stamp {
        struct stat certificate {};
        struct stat key {};
        bool isSame(const Stamp& other) const;
    };
    explicit Tls(TlsFiles files)
        : m_files(std::move(files)) {}
    Stamp stamp() const;
    enum class Expired { taken, refused };
    api::Result<void> load(Expired expired);

    TlsFiles m_files;
    std::shared_ptr<Context> m_context;
    api::Time m_expires;
    std::string m_publicKey;
    Stamp m_read;  ///< the files that were read last, whether they were good or not
    Stamp m_seen;  ///< at the last look
};

}  // namespace stepwell::engine::http

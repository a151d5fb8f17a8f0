#pragma once

#include <memory>
#include <string>

/// Certificates for tests, of a CA that nobody else trusts.
namespace stepwell::test {

struct Pair {
    std::string certificate;  ///< PEM
    std::string key;          ///< PEM
};

class PrivateCa {
  public:
    PrivateCa();
    ~PrivateCa();
    PrivateCa(const PrivateCa&) = delete;
    PrivateCa& operator=(const PrivateCa&) = delete;

    const std::string& certificate() const;  ///< PEM
    /// For localhost, 127.0.0.1 and ::1; valid until so many seconds from now. Each has another serial
    /// number.
    Pair issue(long seconds = 3'600);

  private:
    struct Parts;
    std::unique_ptr<Parts> m_parts;
};

}  // namespace stepwell::test

#include "models/client/trust.h"

#include "models/client/transfer.h"

#include <map>
#include <mutex>

namespace stepwell::client {

namespace {

struct Book {
    std::mutex mutex;
    std::map<std::string, Trust> trusts;  // guarded by mutex; one per backend that has a trust of its own
};

Book& book() {
    static Book instance;
    return instance;
}

}  // namespace

void rememberTrust(const std::string& url, const Trust& trust) {
    const std::lock_guard lock(book().mutex);
    if (trust.caFile.empty() && trust.pinnedKey.empty())
        book().trusts.erase(originOf(url));
    else
        book().trusts[originOf(url)] = trust;
}

Trust trustFor(const std::string& url) {
    const std::lock_guard lock(book().mutex);
    const auto found = book().trusts.find(originOf(url));
    return found == book().trusts.end() ? Trust{} : found->second;
}

}  // namespace stepwell::client

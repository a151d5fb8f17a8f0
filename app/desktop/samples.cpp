#include "app/desktop/samples.h"

#include <QCoreApplication>
#include <QDir>

namespace stepwell {

std::vector<Sample> installedSamples() {
    const std::vector<Sample> known = {
        {QCoreApplication::translate("samples", "Order processing"),
         QCoreApplication::translate("samples",
                                     "Parallel steps, a payment that is retried, and an outbound request."),
         QStringLiteral("order-processing")},
        {QCoreApplication::translate("samples", "Cart reminder"),
         QCoreApplication::translate("samples",
                                     "Sleeps a while, then does something only if it is still needed."),
         QStringLiteral("cart-reminder")},
        {QCoreApplication::translate("samples", "Review approval"),
         QCoreApplication::translate("samples",
                                     "Waits for people: events with a time limit, and the first of two."),
         QStringLiteral("review-approval")},
    };
    const QDir folder(QCoreApplication::applicationDirPath() + QStringLiteral("/../share/stepwell/samples"));
    std::vector<Sample> found;
    for (const Sample& sample : known) {
        if (!folder.exists(sample.path)) continue;
        found.push_back(
            {sample.title, sample.description, QDir::cleanPath(folder.absoluteFilePath(sample.path))});
    }
    return found;
}

}  // namespace stepwell

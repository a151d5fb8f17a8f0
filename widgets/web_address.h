#pragma once

#include <QString>

class QWidget;

namespace stepwell {

/// Whether an address leads to this machine, whoever opens it: of no use on a phone.
bool isOnlyHere(const QString& address);

/// Opens an address that a backend told in the browser of the person. Only http and https: a backend must not
/// start other programs or open files. Any other address is refused in the notice bar of the window that
/// `anywhere` belongs to.
void openWebAddress(QWidget* anywhere, const QString& address);

}  // namespace stepwell

#include "widgets/unsaved_dialog.h"

#include "widgets/action_dialog.h"
#include "widgets/controls.h"
#include "widgets/page.h"

#include <QVBoxLayout>

namespace stepwell {

void askAboutUnsaved(QWidget* parent, Page& page, std::function<void()> leave) {
    auto* dialog = new ActionDialog(QObject::tr("Save your changes?"), QObject::tr("Save"),
                                    ActionDialog::Look::main, parent);
    dialog->setObjectName("unsavedDialog");
    auto* text = makeLabel(QObject::tr("What you entered is not saved. Leaving discards it."));
    text->setWordWrap(true);
    dialog->body()->addWidget(text);
    dialog->cancelButton()->setText(QObject::tr("Stay"));
    auto* discard = dialog->addButton(QObject::tr("Discard"), "danger");
    const QPointer<Page> about(&page);
    QObject::connect(dialog, &ActionDialog::confirmed, dialog, [dialog, about, leave] {
        dialog->accept();
        if (about) about->saveEntered(leave);
    });
    QObject::connect(discard, &QPushButton::clicked, dialog, [dialog, about, leave] {
        dialog->accept();
        if (about) about->discardEntered();
        leave();
    });
    dialog->open();
    dialog->cancelButton()->setDefault(true);
    dialog->cancelButton()->setFocus(Qt::TabFocusReason);
}

}  // namespace stepwell

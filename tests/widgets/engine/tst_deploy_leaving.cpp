#include "tests/models/site/cutting_proxy.h"
#include "tests/support/api_client.h"
#include "tests/widgets/engine/deploy_steps.h"
#include "widgets/action_dialog.h"
#include "widgets/backends/backend_tabs.h"

#include <QTest>
#include <QUrl>

using namespace stepwell;
using namespace stepwell::test;

/// Who closes the window, or the tab of the backend, while something is deployed is asked first.
class DeployLeavingTest : public QObject {
    Q_OBJECT
  private slots:
    void init() {
        m_real = std::make_unique<RealWindow>();
        QVERIFY2(m_real->start(), m_real->engine().logTail().constData());
        auto& engine = m_real->engine();
        m_proxy = std::make_unique<CuttingProxy>(static_cast<quint16>(QUrl(engine.url()).port()));
        m_proxy->heldUp = "/pages/assets/upload";
        m_real->window().setLocal(
            localChoiceOf(QStringLiteral("http://127.0.0.1:%1/client/v4").arg(m_proxy->port()),
                          engine.account(), QString::fromUtf8(engine.token())));
        m_files = std::make_unique<QTemporaryDir>();
        write(m_files->filePath("shop/index.html"), "shop");
    }
    void cleanup() {
        m_real.reset();
        m_proxy.reset();
    }

    void closingTheWindowAsksFirst() {
        QPointer<DeployDialog> dialog = deployment();
        QCOMPARE(dialog->size(), m_sizeBefore);  // it does not jump while it works
        m_real->window().close();
        auto* question = asked();
        QVERIFY(m_real->window().isVisible());
        question->cancelButton()->click();
        QTRY_VERIFY(asked() == nullptr);
        QVERIFY(dialog && dialog->isVisible() && dialog->isDeploying());
        QCOMPARE(project(), 200);

        m_real->window().close();
        asked()->verbButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!m_real->window().isVisible(), patience);
        QTRY_VERIFY_WITH_TIMEOUT(!dialog, patience);
        // Nothing was published, so the project that was made for it goes as well.
        QTRY_COMPARE_WITH_TIMEOUT(project(), 404, patience);
    }

    void closingTheTabAsksFirst() {
        QPointer<DeployDialog> dialog = deployment();
        closeTab();
        asked()->cancelButton()->click();
        QTRY_VERIFY(asked() == nullptr);
        QVERIFY(dialog && dialog->isDeploying());

        closeTab();
        asked()->verbButton()->click();
        QTRY_VERIFY_WITH_TIMEOUT(!dialog, patience);
        QVERIFY(m_real->window().isVisible());
        QTRY_COMPARE_WITH_TIMEOUT(project(), 404, patience);
    }

    void nobodyIsAskedWhenNothingIsDeployed() {
        auto* dialog = dropped(*m_real, m_files->filePath("shop"));
        QTRY_VERIFY_WITH_TIMEOUT(dialog->session().state() == State::ready, patience);
        m_real->window().close();
        QVERIFY(asked() == nullptr);
        QVERIFY(!m_real->window().isVisible());
    }

  private:
    /// One that is under way and gets no further.
    DeployDialog* deployment() {
        auto* dialog = dropped(*m_real, m_files->filePath("shop"));
        if (!QTest::qWaitFor([&] { return dialog->verbButton()->isEnabled(); }, patience)) return nullptr;
        m_sizeBefore = dialog->size();
        QTest::mouseClick(dialog->verbButton(), Qt::LeftButton);
        const auto isHeld = [&] { return m_proxy->holding > 0; };
        if (!QTest::qWaitFor(isHeld, patience)) qWarning("Nothing goes up");
        return dialog;
    }
    static ActionDialog* asked() { return qobject_cast<ActionDialog*>(openDialog("deploymentUnderWay")); }
    void closeTab() {
        auto& window = m_real->window();
        if (window.tabs().ids().size() < 2) {
            auto other = newBackendSpec(BackendKind::stepwell);
            other.name = QStringLiteral("Other");
            other.apiBase = m_real->engine().api();
            other.account = m_real->engine().account();
            window.connectTo({other, QString::fromUtf8(m_real->engine().token())});
        }
        emit window.tabs().closeRequested(localBackendId);
        QVERIFY(asked() != nullptr);
    }
    /// Whether the engine has the project, by the status of its answer.
    int project() { return ApiClient(m_real->engine()).get("/pages/projects/shop").http; }

    QSize m_sizeBefore;
    std::unique_ptr<RealWindow> m_real;
    std::unique_ptr<CuttingProxy> m_proxy;
    std::unique_ptr<QTemporaryDir> m_files;
};

QTEST_MAIN(DeployLeavingTest)
#include "tst_deploy_leaving.moc"

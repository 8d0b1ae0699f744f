using Bert.MLNet.Encoders;

namespace Bert.MLNet.Tests.Encoders;

/// <summary>
/// Opens models with int8 weights in a form of the test's choice. The switch is the whole process's, so the tests that use it run beside no
/// others.
/// </summary>
[CollectionDefinition(nameof(IntegerForm), DisableParallelization = true)]
public sealed class IntegerForm
{
    /// <summary>
    /// Does something that opens sessions, with unsigned weights or with signed ones; null: as this processor needs them.
    /// </summary>
    internal static T With<T>(bool? unsigned, Func<T> open)
    {
        AppContext.SetData(IntegerProducts.Switch, unsigned?.ToString());
        try
        {
            return open();
        }
        finally
        {
            AppContext.SetData(IntegerProducts.Switch, null);
        }
    }
}

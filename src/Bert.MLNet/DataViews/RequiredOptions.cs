using System.Reflection;

namespace Bert.MLNet.DataViews;

/// <summary>Checks that options are not null if their types do not allow null.</summary>
internal static class RequiredOptions
{
    /// <summary>Checks every option.</summary>
    /// <returns>The options.</returns>
    /// <exception cref="ArgumentNullException">
    /// The options are null, or a required option is null; the message names it.
    /// </exception>
    public static T Check<T>(T options)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (PropertyInfo option in options.GetType().GetProperties())
        {
            if (!option.PropertyType.IsValueType && option.GetValue(options) is null
                && new NullabilityInfoContext().Create(option).WriteState == NullabilityState.NotNull)
                throw new ArgumentNullException(option.Name, $"{option.Name} is null; give it a value.");
        }
        return options;
    }
}
